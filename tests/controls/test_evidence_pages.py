"""The library's pages: what they show to whom, what they cost, what they refuse; bytes go out as they came in and never run."""

import base64
import csv
import hashlib
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from PIL import Image

from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.trail.models import Entry
from compliance.vault.models import Blob
from compliance.vault.services.sealing import seal_pending
from controls.models import Control, ItemLink, Occurrence
from controls.selectors.links import items_of_controls
from controls.services.adoption import adopt_controls
from controls.services.links import link_item, place_of
from evidence.models import Item, ItemVersion, Upload
from tests.evidence.library import archive_of, brought, pdf, photograph, png, workbook
from tests.sweep.estate import _connection, _record

NOW = datetime.now(UTC)
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}


@pytest.fixture
def adopted(fernhill):
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=["AC-07", "AC-01"], now=NOW)
    return fernhill


@pytest.fixture
def toms(browser_of, tom):
    return browser_of(tom)


@pytest.fixture
def veras(browser_of, vera):
    return browser_of(vera)


def text_of(answer):
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def made(fernhill, *args, **said):
    with scope(fernhill.pk):
        return brought(*args, now=NOW, **said)


def linked(fernhill, item, control, reason="Shows the review"):
    with scope(fernhill.pk):
        return link_item(actor=SYSTEM, item_id=item.pk, role="admin", place=place_of(control=control), reason=reason, now=NOW)


def test_files_are_added_to_a_control_in_one_step_each_with_its_reason(adopted, toms, tom):
    files = [SimpleUploadedFile("q2_access-review.pdf", pdf()), SimpleUploadedFile("shot.png", png()), SimpleUploadedFile("x.exe", b"MZ\0")]
    answer = toms.post("/fernhill/evidence/add/", {"file": files, "control": "AC-07", "reason": "Minutes of the review"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "x.exe" in page and "Programs, scripts" in page
    with scope(adopted.pk):
        assert set(Item.objects.values_list("title", flat=True)) == {"Q2 access review", "Shot"}
        assert set(ItemLink.objects.values_list("control__code", "reason", "linked_by")) == {
            ("AC-07", "Minutes of the review", "Tom Okafor")
        }
        control = ItemLink.objects.first().control_id
        assert len(items_of_controls([control])[control]) == 2
    assert "Q2 access review" in text_of(toms.get("/fernhill/evidence/panel/?control=AC-07", HTTP_HX_REQUEST="true"))


def test_a_bad_control_leaves_no_item_and_no_bytes(adopted, toms):
    answer = toms.post("/fernhill/evidence/add/", {"file": SimpleUploadedFile("a.txt", b"hello"), "control": "ZZ-99"})
    assert answer.status_code == 422
    with scope(adopted.pk):
        assert (Item.objects.count(), Blob.objects.count(), ItemLink.objects.count()) == (0, 0, 0)


def test_the_list_filters_searches_and_counts(adopted, veras):
    review = made(
        adopted, "Quarterly access review", pdf("Okonkwo"), "q2.pdf", tags=["review"], cadence_days=7, performed_at=NOW - timedelta(days=9)
    )
    made(adopted, "Backup restored", b"restored\n")
    linked(adopted, review, "AC-07")
    whole = text_of(veras.get("/fernhill/evidence/"))
    assert "1 of 2 items is overdue" in whole
    assert "AC-07" in whole and "(1)" in whole
    for question in ("control=AC-07", "criterion=CC6.1", "tag=review", "freshness=overdue", "q=okonkwo", "q=quartely"):
        page = text_of(veras.get(f"/fernhill/evidence/?{question}"))
        assert "Quarterly access review" in page, question
        assert "Backup restored" not in page, question
    assert "Nothing fits" in text_of(veras.get("/fernhill/evidence/?q=nowhere"))
    assert veras.get("/fernhill/evidence/?kind=nonsense").status_code == 400
    assert veras.get("/fernhill/evidence/?cursor=nonsense").status_code == 400


def test_restricted_items_exist_for_nobody_else(adopted, toms, veras, browser_of, priya):
    secret = made(adopted, "Salaries reviewed", b"pay\n", "pay.txt", roles=["executive"], tags=["pay"])
    linked(adopted, secret, "AC-07")
    for client in (toms, veras):
        for path in ("", "edit/", "versions/1/download/", "versions/1/preview/", "versions/1/proof/"):
            assert client.get(f"/fernhill/evidence/{secret.pk}/{path}").status_code in (403, 404), path
        for path in ("evidence/", "evidence/?q=salaries", "evidence/?control=AC-07", "evidence/panel/?control=AC-07"):
            page = text_of(client.get(f"/fernhill/{path}"))
            assert "Salaries" not in page and "pay" not in page, path
    assert "No evidence yet" in text_of(veras.get("/fernhill/evidence/"))
    assert "Salaries" not in text_of(toms.get("/fernhill/evidence.csv"))
    assert toms.post(f"/fernhill/evidence/{secret.pk}/links/", {"control": "AC-01", "reason": "x"}).status_code == 404
    assert "Salaries" in text_of(browser_of(priya).get("/fernhill/evidence/"))


def test_the_list_takes_few_statements_however_many_items_there_are(adopted, veras):
    for number in range(3):
        linked(adopted, made(adopted, f"Item {number}", b"%d" % number), "AC-07")
    counts = []
    for more in (0, 60):
        for number in range(more):
            made(adopted, f"More {number}", b"same\n")
        veras.get("/fernhill/evidence/")
        for question in ("", "?q=item", "?control=AC-07"):
            with CaptureQueriesContext(database) as taken:
                veras.get(f"/fernhill/evidence/{question}")
            counts.append(len(taken))
    assert max(counts) <= 10, counts


def test_pages_of_the_list_go_on_where_the_former_ended(adopted, veras):
    for number in range(53):
        made(adopted, f"Item {number:02}", b"same\n")
    first = text_of(veras.get("/fernhill/evidence/?sort=title"))
    assert "Item 49" in first and "Item 50" not in first
    cursor = first.split("cursor=")[1].split('"')[0].split("&")[0]
    second = text_of(veras.get(f"/fernhill/evidence/?sort=title&cursor={cursor}"))
    assert "Item 50" in second and "Item 49" not in second


def test_csv_defuses_formulas_and_stands_on_the_trail(adopted, toms):
    linked(adopted, made(adopted, "=HYPERLINK(1)", b"x\n"), "AC-07")
    answer = toms.get("/fernhill/evidence.csv")
    rows = list(csv.DictReader(io.StringIO(text_of(answer))))
    assert (rows[0]["title"], rows[0]["controls"]) == ("'=HYPERLINK(1)", "AC-07")
    with scope(adopted.pk):
        assert Entry.objects.filter(name="export.downloaded").count() == 1


def test_the_original_goes_out_byte_for_byte_and_cannot_run(adopted, veras):
    data = photograph()
    item = made(adopted, "Door", data, "door “a”.jpg")
    answer = veras.get(f"/fernhill/evidence/{item.pk}/versions/1/download/")
    assert b"".join(answer.streaming_content) == data
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    with scope(adopted.pk):
        assert Entry.objects.get(name="item.downloaded").actor_name == "Vera Holm"


def test_pictures_are_shown_without_what_the_camera_wrote(adopted, veras):
    data = photograph()
    assert b"Jonas Weber" in data
    item = made(adopted, "Door", data, "door.jpg")
    answer = veras.get(f"/fernhill/evidence/{item.pk}/versions/1/preview/1/")
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert b"Jonas" not in answer.content
    assert Image.open(io.BytesIO(answer.content)).size == (80, 60)


PREVIEWS = {
    "review.pdf": (pdf(), "/preview/1/"),
    "totals.xlsx": (workbook(["Name"], ["=cmd|' /C calc'!A0"]), "=cmd|&#x27; /C calc"),
    "list.csv": (b"name;mfa\nada;<script>\n", "&lt;script&gt;"),
    "tree.json": (b'{"users": [{"name": "<b>ada"}]}', "&lt;b&gt;ada"),
    "notes.md": (b"# Notes\n<img src=x onerror=alert(1)>\n", "&lt;img src=x"),
    "page.html": (b"<p>hello</p>", "&lt;p&gt;hello"),
    "all.zip": (archive_of({"a/b.txt": b"x"}), "a/b.txt"),
    "film.mp4": (b"\0\0\0\x18ftypmp42" + bytes(20), "not shown here"),
}


@pytest.mark.parametrize("filename", PREVIEWS)
def test_a_preview_shows_content_and_never_runs_it(adopted, veras, filename):
    data, shown = PREVIEWS[filename]
    item = made(adopted, filename, data, filename)
    assert shown in text_of(veras.get(f"/fernhill/evidence/{item.pk}/versions/1/preview/", HTTP_HX_REQUEST="true"))


def test_an_item_page_says_its_dates_links_and_place_in_the_log(adopted, toms):
    item = made(adopted, "Access review", pdf(), "r.pdf", performed_at=NOW - timedelta(days=2), stated_by="Jonas Weber", cadence_days=31)
    linked(adopted, item, "AC-07", "Minutes of the quarter")
    waiting = text_of(toms.get(f"/fernhill/evidence/{item.pk}/"))
    assert "It waits for its place in the log" in waiting
    assert toms.get(f"/fernhill/evidence/{item.pk}/versions/1/proof/").status_code == 404
    with scope(adopted.pk):
        seal_pending(now=NOW)
    page = text_of(toms.get(f"/fernhill/evidence/{item.pk}/"))
    for words in ("Minutes of the quarter", "Jonas Weber", "of the log; unchanged since", "Fresh", "every 31 days"):
        assert words in page, words
    assert "c2sp.org/tlog-proof" in text_of(toms.get(f"/fernhill/evidence/{item.pk}/versions/1/proof/"))


def test_a_new_version_a_link_and_its_end(adopted, toms):
    item = made(adopted, "Access review", b"one\n")
    toms.post(f"/fernhill/evidence/{item.pk}/versions/", {"file": SimpleUploadedFile("two.txt", b"two\n"), "covered_from": "2026-04-01"})
    assert toms.post(f"/fernhill/evidence/{item.pk}/links/", {"criterion": "CC6.1", "reason": "Access is reviewed"}).status_code == 302
    assert toms.post(f"/fernhill/evidence/{item.pk}/links/", {"control": "ZZ-1", "reason": "x"}).status_code == 422
    with scope(adopted.pk):
        assert list(ItemVersion.objects.order_by("number").values_list("number", "filename")) == [(1, "note.txt"), (2, "two.txt")]
        link = ItemLink.objects.get()
    assert toms.post(f"/fernhill/evidence/{item.pk}/links/{link.pk}/remove/").status_code == 302
    with scope(adopted.pk):
        assert ItemLink.objects.count() == 0
        assert Entry.objects.get(name="item.unlinked").detail == {"from": "CC6.1", "was": "Access is reviewed"}


def test_an_occurrence_holds_evidence_which_counts_for_its_control(adopted, toms, arrange):
    item = made(adopted, "Access review")
    with arrange(adopted):
        control = Control.objects.get(code="AC-07")
        due = Occurrence.objects.create(control=control, opens_at=NOW, due_at=NOW + timedelta(days=1), late_at=NOW + timedelta(days=2))
    assert toms.post(f"/fernhill/evidence/{item.pk}/links/", {"occurrence": str(due.pk), "reason": "Done"}).status_code == 302
    with scope(adopted.pk):
        assert items_of_controls([control.pk]) == {control.pk: [item.pk]}


def test_only_its_owner_or_a_manager_describes_an_item(adopted, toms, browser_of, priya):
    item = made(adopted, "Access review")
    said = {"title": "Review of access", "description": "", "tags": "a, b", "restricted": "on"}
    assert toms.post(f"/fernhill/evidence/{item.pk}/edit/", said).status_code == 403
    assert browser_of(priya).post(f"/fernhill/evidence/{item.pk}/edit/", said).status_code == 302
    with scope(adopted.pk):
        again = Item.objects.get()
        assert (again.title, again.tags, again.confidentiality, again.roles) == (
            "Review of access", ["a", "b"], "restricted", ["admin", "compliance_manager"],
        )  # fmt: skip
    assert toms.get(f"/fernhill/evidence/{item.pk}/").status_code == 404


def test_a_statement_is_signed_with_the_own_name(adopted, toms):
    said = {"title": "No incident in May", "text": "I looked at every alert of May.", "control": "AC-07", "signed": "Priya Natarajan"}
    refused = toms.post("/fernhill/evidence/add/statement/", said)
    assert refused.status_code == 422 and "Tom Okafor" in text_of(refused)
    assert toms.post("/fernhill/evidence/add/statement/", {**said, "signed": " tom okafor "}).status_code == 302
    with scope(adopted.pk):
        item, version = Item.objects.get(), ItemVersion.objects.get()
        assert (item.kind, version.stated_by) == ("statement", "tom okafor")
        text = text_of(toms.get(f"/fernhill/evidence/{item.pk}/versions/1/download/"))
    assert "I looked at every alert of May." in text and "Stated and signed by typing the name by tom okafor" in text


def test_a_link_needs_what_it_showed(adopted, toms):
    said = {"title": "Status page", "url": "https://status.fernhill.example/may", "control": "AC-07"}
    assert toms.post("/fernhill/evidence/add/link/", said).status_code == 422
    assert (
        toms.post(
            "/fernhill/evidence/add/link/", {**said, "url": "javascript:alert(1)", "file": SimpleUploadedFile("p.pdf", pdf())}
        ).status_code
        == 422
    )
    assert toms.post("/fernhill/evidence/add/link/", {**said, "file": SimpleUploadedFile("p.pdf", pdf())}).status_code == 302
    with scope(adopted.pk):
        assert Item.objects.values_list("kind", "url").get() == ("link", said["url"])


def metadata(**pairs):
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items())


def opened(client, length, **pairs):
    return client.post("/fernhill/evidence/uploads/", **TUS, HTTP_UPLOAD_LENGTH=str(length), HTTP_UPLOAD_METADATA=metadata(**pairs))


def sent(client, url, offset, data, **more):
    return client.patch(url, data, content_type="application/offset+octet-stream", **TUS, HTTP_UPLOAD_OFFSET=str(offset), **more)


def test_an_upload_in_parts_is_cut_goes_on_and_becomes_an_item_at_its_control(adopted, toms):
    data = pdf("In parts")
    answer = opened(toms, len(data), filename="review.pdf", fields="control=AC-07&reason=Minutes")
    assert (answer.status_code, answer["Tus-Resumable"]) == (201, "1.0.0")
    url = answer["Location"]
    digest = base64.b64encode(hashlib.sha256(data[:1000]).digest()).decode()
    assert sent(toms, url, 0, data[:1000], HTTP_UPLOAD_CHECKSUM=f"sha256 {digest}").status_code == 204
    assert sent(toms, url, 1000, data[1000:2000], HTTP_UPLOAD_CHECKSUM=f"sha256 {digest}").status_code == 460
    assert sent(toms, url, 0, data[:1000]).status_code == 409
    assert toms.head(url, **TUS)["Upload-Offset"] == "1000"
    last = sent(toms, url, 1000, data[1000:])
    assert last.status_code == 204
    with scope(adopted.pk):
        item = Item.objects.get()
        assert ItemLink.objects.get().reason == "Minutes"
        assert Upload.objects.count() == 0
    assert last["Plumbline-Item"] == f"/fernhill/evidence/{item.pk}/"
    assert b"".join(toms.get(f"{last['Plumbline-Item']}versions/1/download/").streaming_content) == data
    assert toms.head(url, **TUS).status_code == 404


def test_uploads_that_are_refused_leave_nothing(adopted, toms, settings):
    assert opened(toms, 2 * 1024**3 + 1, filename="big.zip").status_code == 413
    assert opened(toms, 0, filename="a.txt").status_code == 422
    assert opened(toms, 5, filename="../a.txt").status_code == 422
    assert opened(toms, 5, filename="a.txt", fields="control=ZZ-99").status_code == 422
    assert toms.post("/fernhill/evidence/uploads/", HTTP_UPLOAD_LENGTH="5").status_code == 412
    url = opened(toms, 5, filename="shot.png")["Location"]
    refused = sent(toms, url, 0, b"hello")
    assert refused.status_code == 422 and "The name says PNG" in text_of(refused)
    half = opened(toms, 10, filename="a.txt")["Location"]
    sent(toms, half, 0, b"hello")
    assert toms.delete(half, **TUS).status_code == 204
    with scope(adopted.pk):
        assert [model.objects.count() for model in (Item, ItemVersion, Blob, Upload, ItemLink)] == [0, 0, 0, 0, 0]
    assert not [each for each in (settings.CONFIGURATION.var_dir / "uploads").rglob("*") if each.is_file()]


def test_a_duplicate_is_answered_with_the_item_that_has_the_bytes(adopted, toms):
    item = made(adopted, "Access review", b"same\n")
    url = opened(toms, 5, filename="again.txt", fields="control=AC-07")["Location"]
    answer = sent(toms, url, 0, b"same\n")
    assert answer.status_code == 409
    assert answer.json()["url"] == f"/fernhill/evidence/{item.pk}/"
    assert toms.post(answer.json()["link"], {"control": "AC-07", "reason": "The same"}).status_code == 302
    with scope(adopted.pk):
        assert (Item.objects.count(), ItemLink.objects.get().item_id) == (1, item.pk)


def test_nobody_goes_on_with_the_upload_of_another(adopted, toms, browser_of, priya, veras):
    url = opened(toms, 10, filename="a.txt")["Location"]
    assert browser_of(priya).head(url, **TUS).status_code == 404
    assert opened(veras, 10, filename="a.txt").status_code == 403


def test_what_is_observed_can_be_frozen(adopted, toms):
    with scope(adopted.pk):
        record = _record(_connection(adopted, NOW), NOW)
    assert toms.post(f"/fernhill/subjects/{record.subject_id}/freeze/").status_code == 302
    with scope(adopted.pk):
        item = Item.objects.get()
        assert (item.kind, item.source) == ("snapshot", "aws account")
        stream = record.subject.stream_id
    assert str(record.pk) in text_of(toms.get(f"/fernhill/evidence/{item.pk}/versions/1/download/"))
    assert toms.post(f"/fernhill/streams/{stream}/freeze/").status_code == 302
    with scope(adopted.pk):
        assert Item.objects.count() == 2
