"""Items: what they keep, what a version is, who may know of them, what search finds; and that what is refused leaves nothing."""

import hashlib
import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.members.models import Membership
from compliance.tenancy.scope import scope
from compliance.tenancy.together import ask
from compliance.trail.actor import SYSTEM
from compliance.trail.models import Entry
from compliance.vault.models import Blob, PendingLeaf, Statement
from compliance.vault.selectors.blobs import open_blob, read_blob
from evidence.files.names import checked_name
from evidence.files.refusals import Unfit
from evidence.models import Item, ItemText, ItemVersion, Scan, Upload
from evidence.selectors.items import counts_of, found_items, freshness_of, item_by_id, standing_of_library, versions_of, visible
from evidence.services.items import Dated, Described, Quarantined, accept_bytes, add_version, change_item, record_download
from evidence.services.receiving import Duplicate, NotTaken, receive
from evidence.services.uploads import WrongChecksum, WrongOffset, append_part, content_of, drop_upload, open_upload
from tests.evidence.library import NOW, archive_of, brought, pdf, png, workbook

REFUSED = {
    "a program": ("tool.exe", b"MZ\x90\0\x03\0\0\0", "Programs"),
    "a program under another name": ("notes.txt", b"\x7fELF\x02\x01\x01\0\0", "Programs"),
    "a script": ("clean.sh", b"#!/bin/sh\nrm -rf /\n", "Programs"),
    "a picture that says it is a PDF": ("review.pdf", png(), "The name says PDF, but the content is PNG"),
    "a PDF that says it is a picture": ("shot.png", b"%PDF-1.7\n", "The name says PNG"),
    "a picture that was cut off": ("shot.png", png()[:-20], "cut off"),
    "a PDF that was cut off": ("review.pdf", b"%PDF-1.7\n1 0 obj\n", "cut off"),
    "an empty file": ("empty.txt", b"", "empty"),
    "a page with a script": ("page.html", b"<p>hi</p><script>alert(1)</script>", "<script>"),
    "a page with a handler": ("page.html", b"<img src=x onerror=alert(1)>", "onerror"),
    "a drawing with a script": ("plan.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "<script>"),
    "a drawing with a hidden link": ("plan.svg", b'<svg><a href="java&#10;script:alert(1)">x</a></svg>', "runs code"),
    "a zip bomb": ("bomb.zip", archive_of({"zeros": bytes(12_000_000)}), "unpacks to far more"),
    "a workbook that is a bomb": ("sheet.xlsx", archive_of({"xl/workbook.xml": bytes(12_000_000)}), "unpacks to far more"),
    "an archive that leads out": ("out.zip", archive_of({"../../etc/cron.d/x": b"x"}), "leads out of its folder"),
    "a document with macros": ("plan.docx", archive_of({"word/document.xml": b"<x/>", "word/vbaProject.bin": b"x"}), "macros"),
    "an archive that says it is a workbook": ("sheet.xlsx", archive_of({"a.txt": b"x"}), "another archive"),
    "a name with folders": ("../../etc/passwd", b"hello", "folders"),
    "a name for Windows devices": ("nul.txt", b"hello", "cannot keep this name"),
    "a name that reads backwards": ("invoice\u202efdp.exe", b"hello", "invisible"),
    "no JSON": ("list.json", b"{nope", "content is none"),
}  # fmt: skip


@pytest.fixture
def home(fernhill):
    with scope(fernhill.pk):
        yield fernhill


def nothing_is_left(settings) -> bool:
    """No item, no version, no kept bytes, no part of an upload, no file that was looked at."""
    rows = [model.objects.count() for model in (Item, ItemVersion, ItemText, Blob, Upload, Scan, Statement, PendingLeaf)]
    folder = settings.CONFIGURATION.var_dir / "uploads"
    return not any(rows) and not [each for each in folder.rglob("*") if each.is_file()]


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_says_why_and_leaves_nothing(home, settings, what):
    filename, data, why = REFUSED[what]
    with pytest.raises(NotTaken, match=why):
        receive(iter([data]), filename, role="admin")
    assert nothing_is_left(settings)


def test_bytes_that_hash_otherwise_than_declared_are_refused(home, settings):
    with pytest.raises(NotTaken, match="declared was"):
        receive(iter([b"hello"]), "note.txt", role="admin", expected_sha256="0" * 64)
    assert nothing_is_left(settings)


def test_a_file_of_two_gigabytes_and_one_byte_is_refused_before_it_is_sent(home, settings):
    with pytest.raises(NotTaken, match="at most 2,147,483,648 bytes"):
        open_upload(user_id=home.pk, filename="big.zip", length=2 * 1024**3 + 1, metadata={}, now=NOW)
    assert nothing_is_left(settings)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_a_name_that_is_taken_is_safe_in_every_folder(name):
    try:
        taken = checked_name(name)
    except Unfit:
        return
    assert taken
    assert not set(taken) & set('/\\:*?"<>|\0')
    assert taken not in (".", "..")
    assert checked_name(taken) == taken


def test_an_item_keeps_its_bytes_its_three_dates_and_a_leaf(home):
    data = pdf()
    item = brought(
        "Access review", data, "review.pdf", performed_at=NOW - timedelta(days=2), covered_from=date(2026, 4, 1), covered_until=date(2026, 6, 30),
        stated_by="Jonas Weber", cadence_days=92, tags=["review", "  access  "],
    )  # fmt: skip
    version = versions_of([item.pk])[item.pk][0]
    assert read_blob(version.digest) == data
    assert (version.received_at, version.performed_at) == (NOW, NOW - timedelta(days=2))
    assert (version.covered_from, version.covered_until) == (date(2026, 4, 1), date(2026, 6, 30))
    assert item.due_at == NOW + timedelta(days=90)
    assert item.tags == ["access", "review"]
    stated = json.loads(Statement.objects.get(ref=version.pk).payload)
    assert stated["sha256"] == hashlib.sha256(data).hexdigest()
    assert stated["performed_at"].startswith("2026-07-13")


def test_a_new_version_leaves_the_old_one_as_it_is(home):
    item = brought("Access review", b"first\n")
    received = receive(iter([b"second\n"]), "note.txt", role="admin")
    add_version(actor=SYSTEM, item=item, dated=Dated(note="after the talk"), received=received, now=NOW + timedelta(days=1))
    second, first = versions_of([item.pk])[item.pk]
    assert (first.number, read_blob(first.digest)) == (1, b"first\n")
    assert (second.number, read_blob(second.digest), second.note) == (2, b"second\n", "after the talk")
    assert Item.objects.get().number == 2
    assert Statement.objects.filter(kind="item").count() == 2


def test_the_same_bytes_again_are_told_of_with_the_item_that_has_them(home):
    item = brought("Access review", b"same\n")
    with pytest.raises(Duplicate) as told:
        receive(iter([b"same\n"]), "other.txt", role="viewer")
    assert told.value.item_id == item.pk
    assert Item.objects.count() == 1


def test_a_restricted_item_is_not_told_of_to_other_roles(home):
    brought("Salaries reviewed", b"secret pay\n", "pay.txt", roles=["executive"], tags=["pay"])
    assert [visible(role).count() for role in ("admin", "compliance_manager", "executive", "control_owner", "viewer", None)] == [
        1,
        1,
        1,
        0,
        0,
        0,
    ]
    assert found_items("salaries", "", role="viewer").relevance == {}
    assert found_items("", "pay", role="viewer").relevance == {}
    assert len(found_items("secret", "", role="executive").relevance) == 1
    assert receive(iter([b"secret pay\n"]), "pay.txt", role="viewer").size == 11
    stamp = Item.objects.get().revision
    assert (counts_of("viewer", stamp).total, counts_of("admin", stamp).total) == (0, 1)


def test_the_owner_of_a_restricted_item_must_be_let_in(home, tom):
    with pytest.raises(ValidationError, match="may not know of the item"):
        brought("Pay", roles=["executive"], owner_id=Membership.objects.get(user=tom).pk)
    assert Item.objects.count() == 0


def test_search_finds_words_of_content_beginnings_and_titles_with_a_slip(home):
    review = brought("Quarterly access review", pdf("Reviewed by Okonkwo"), "q2.pdf")
    brought("Backup restored", b"hello\n")
    assert list(found_items("okonkwo", "", role="viewer").relevance) == [review.pk]
    assert list(found_items("quarterly acc", "", role="viewer").relevance) == [review.pk]
    assert list(found_items("q2.pdf", "", role="viewer").relevance) == [review.pk]
    slip = found_items("quartely acess", "", role="viewer")
    assert (slip.fuzzy, list(slip.relevance)) == (True, [review.pk])
    assert found_items("'; DROP TABLE x; --", "", role="viewer").relevance == {}
    assert found_items("!!! & | ( ) %", "", role="viewer").relevance == {}


def test_search_does_not_leave_the_organization(home, brackwater):
    review = brought("Quarterly access review")
    with scope(brackwater.pk):
        assert found_items("quarterly", "", role="admin").relevance == {}
        assert item_by_id(review.pk, role="admin") is None


def test_freshness_follows_from_dates_alone():
    assert freshness_of(None, NOW) == "none"
    assert freshness_of(NOW, NOW) == "overdue"
    assert freshness_of(NOW + timedelta(days=14), NOW) == "due"
    assert freshness_of(NOW + timedelta(days=15), NOW) == "fresh"


def test_changing_what_is_said_keeps_versions_and_says_what_changed(home):
    item = brought("Acess review", cadence_days=31)
    change_item(actor=SYSTEM, item=item, described=Described(title="Access review", cadence_days=92))
    again = Item.objects.get()
    assert (again.title, again.due_at, again.number) == ("Access review", NOW + timedelta(days=92), 1)
    assert list(found_items("access", "", role="viewer").relevance) == [item.pk]
    assert Entry.objects.get(name="item.changed").detail["before"]["title"] == "Acess review"


def test_bytes_in_quarantine_are_served_once_somebody_answers_for_them(home, arrange):
    item = brought("Sample", b"harmless\n")
    version = versions_of([item.pk])[item.pk][0]
    with arrange(home):
        Scan.objects.create(digest=version.digest, state="infected", detail="Eicar-Test", scanned_at=NOW)
    with pytest.raises(Quarantined, match="Eicar-Test"):
        record_download(actor=SYSTEM, item=item, version=version)
    with pytest.raises(ValidationError, match="Say why"):
        accept_bytes(actor=SYSTEM, item=item, version=version, reason=" ", now=NOW)
    accept_bytes(actor=SYSTEM, item=item, version=version, reason="Our own test file", now=NOW)
    record_download(actor=SYSTEM, item=item, version=version)


def test_an_upload_goes_on_where_it_was_cut_and_nothing_of_a_bad_part_stays(home, settings):
    upload = open_upload(user_id=home.pk, filename="note.txt", length=10, metadata={}, now=NOW)
    upload = append_part(upload=upload, offset=0, data=b"hello", checksum=("sha256", hashlib.sha256(b"hello").digest()))
    with pytest.raises(WrongChecksum):
        append_part(upload=upload, offset=5, data=b"worlt", checksum=("sha256", hashlib.sha256(b"world").digest()))
    with pytest.raises(WrongOffset, match="5 bytes are here"):
        append_part(upload=upload, offset=0, data=b"hello")
    with pytest.raises(NotTaken, match="Send the rest"):
        content_of(upload)
    with pytest.raises(NotTaken, match="it would have more"):
        append_part(upload=upload, offset=5, data=b"world!")
    upload = append_part(upload=upload, offset=5, data=b"world")
    assert b"".join(content_of(upload)) == b"helloworld"
    drop_upload(upload)
    assert nothing_is_left(settings)


def test_parts_on_the_disk_are_sealed(home, settings):
    upload = open_upload(user_id=home.pk, filename="note.txt", length=6, metadata={}, now=NOW)
    append_part(upload=upload, offset=0, data=b"secret")
    files = list((settings.CONFIGURATION.var_dir / "uploads").rglob("*.part"))
    assert len(files) == 1 and b"secret" not in files[0].read_bytes()
    drop_upload(upload)


def test_a_workbook_with_formulas_is_kept_byte_for_byte_and_searched_by_its_cells(home):
    data = workbook(["Name", "Total"], ["Okonkwo", "=HYPERLINK('x')"])
    item = brought("Totals", data, "totals.xlsx")
    assert b"".join(open_blob(versions_of([item.pk])[item.pk][0].digest)) == data
    assert list(found_items("okonkwo", "", role="viewer").relevance) == [item.pk]


def test_the_library_says_what_is_overdue(home):
    brought("Old", b"1\n", cadence_days=7, performed_at=NOW - timedelta(days=8))
    brought("Soon", b"2\n", cadence_days=7)
    standing = ask(standing_of_library("viewer", NOW))[0][0]
    assert (standing.overdue, standing.due, standing.revision) == (1, 1, Item.objects.order_by("-revision").first().revision)
