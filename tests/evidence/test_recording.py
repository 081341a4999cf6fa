"""Recording by change: what is written, what is not, and that absence is believed only after a whole read."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from compliance.seal.canonical import CanonicalError
from compliance.seal.digest import sha256
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.models import Blob, PendingPack
from compliance.vault.selectors.blobs import UnknownBlob, read_blob
from compliance.vault.services.blobs import digest_of
from evidence.facts.account.v1 import Account as AccountFact
from evidence.models import Coverage, LedgerEntry, Record, Run, Stream, Subject
from evidence.readings import FaultSeen, Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = b"the raw page"
CONNECTION = uuid.UUID("018f0000-0000-7000-8000-000000000001")


def user(name, **more):
    return AccountFact(subject=f"arn:aws:iam::123456789012:user/{name}", name=name, console_access=True, mfa=more.pop("mfa", True), **more)


def observe(*facts, at=NOON, complete=True, faults=(), kind="account", only=None):
    """One run over the account stream, as a collector would hand it over."""
    run = start_run(actor=SYSTEM, connection_id=CONNECTION, vendor="aws", connector_version="1", kinds=[kind], started_by="test", now=at)
    reading = Reading(
        vendor="aws", kind=kind, mode="snapshot", complete=complete, completeness="last_page",
        observations=[Observed(fact, (digest_of(PAGE),)) for fact in facts], faults=faults, only=only,
    )  # fmt: skip
    record_run(
        actor=SYSTEM, run=run, account=Account("123456789012", "Fernhill", "arn:role"), readings=[reading], calls=(),
        read_page=lambda _digest: PAGE, now=at,
    )  # fmt: skip
    end_run(actor=SYSTEM, run=run, now=at)
    return run


@pytest.fixture
def inside(fernhill):
    with scope(fernhill.pk):
        yield fernhill


def test_a_first_look_records_each_subject_once_with_its_page_and_a_leaf_to_seal(inside):
    observe(user("ada"), user("ben"))
    assert Subject.objects.filter(gone_at=None).count() == 2
    assert Record.objects.count() == 2
    pack = PendingPack.objects.get()
    waiting = {bytes(pack.leaves[start : start + 48]) for start in range(0, len(pack.leaves), 48)}
    assert (pack.kind, pack.at, waiting) == (
        "evidence.record",
        NOON,
        {each.pk.bytes + bytes(each.content_hash) for each in Record.objects.all()},
    )
    assert Blob.objects.count() == 1
    assert read_blob(digest_of(PAGE)) == PAGE
    record = Record.objects.get(subject__name="ada")
    assert record.fact.startswith('{"administrator":null,"console_access":true') and record.observed_at == NOON


def test_an_unchanged_look_writes_no_record_and_no_blob_but_extends_the_coverage(inside):
    observe(user("ada"))
    later = NOON + timedelta(hours=1)
    observe(user("ada"), at=later)
    assert Record.objects.count() == 1 and Blob.objects.count() == 1
    piece = Coverage.objects.get()
    assert (piece.from_at, piece.until_at, piece.runs, piece.longest_gap_seconds) == (NOON, later, 2, 3600)


def test_a_change_adds_a_record_and_keeps_the_old_one(inside):
    observe(user("ada"))
    observe(user("ada", mfa=False), at=NOON + timedelta(hours=1))
    assert [('"mfa":true' in each.fact) for each in Record.objects.order_by("observed_at")] == [True, False]
    subject = Subject.objects.get()
    assert subject.record_id == Record.objects.latest("observed_at").pk


def test_absence_from_a_whole_read_means_gone_and_return_means_back(inside):
    observe(user("ada"), user("ben"))
    observe(user("ada"), at=NOON + timedelta(hours=1))
    ben = Subject.objects.get(name="ben")
    assert ben.gone_at == NOON + timedelta(hours=1)
    assert Record.objects.filter(subject=ben, gone=True).count() == 1
    observe(user("ada"), user("ben"), at=NOON + timedelta(hours=2))
    ben.refresh_from_db()
    assert ben.gone_at is None and Record.objects.filter(subject=ben).count() == 3


def test_a_partial_read_never_marks_gone_and_never_extends_coverage(inside):
    observe(user("ada"), user("ben"))
    observe(user("ada"), at=NOON + timedelta(hours=1), complete=False, faults=[FaultSeen("transient", "the line broke")])
    assert Subject.objects.filter(gone_at=None).count() == 2
    assert Coverage.objects.get().until_at == NOON
    stream = Stream.objects.get()
    assert (stream.trouble, stream.trouble_detail) == ("transient", "the line broke")


def test_a_gap_longer_than_allowed_starts_a_new_piece_of_coverage(inside):
    observe(user("ada"))
    observe(user("ada"), at=NOON + timedelta(hours=8))
    assert list(Coverage.objects.order_by("from_at").values_list("from_at", "until_at")) == [
        (NOON, NOON), (NOON + timedelta(hours=8), NOON + timedelta(hours=8)),
    ]  # fmt: skip


def test_the_same_subject_twice_in_one_read_is_recorded_once(inside):
    observe(user("ada", mfa=False), user("ada", mfa=True))
    assert Record.objects.count() == 1 and '"mfa":true' in Record.objects.get().fact


def test_a_targeted_re_read_may_miss_only_what_it_looked_at(inside):
    observe(user("ada"), user("ben"), user("cleo"))
    observe(user("ada"), at=NOON + timedelta(minutes=5), only=frozenset({user("ada").subject, user("ben").subject}))
    assert set(Subject.objects.filter(gone_at=None).values_list("name", flat=True)) == {"ada", "cleo"}
    assert Coverage.objects.get().until_at == NOON


def test_the_rival_sees_nothing_of_it(inside, brackwater):
    observe(user("ada"))
    with scope(brackwater.pk):
        assert Record.objects.count() == Subject.objects.count() == Blob.objects.count() == LedgerEntry.objects.count() == 0
        with pytest.raises(UnknownBlob):
            read_blob(digest_of(PAGE))


@pytest.mark.parametrize(
    "target",
    ["subject_id", "run_id", "stream_id"],
    ids=["a record at the rival's subject", "a record at the rival's run", "a subject at its stream"],
)
def test_nothing_recorded_can_point_into_another_organization(inside, brackwater, target):
    observe(user("ada"))
    with scope(brackwater.pk):
        observe(user("eve"))
        theirs = {
            "subject_id": Subject.objects.get().pk,
            "run_id": Run.objects.get().pk,
            "stream_id": Stream.objects.get().pk,
        }[target]
    own = Subject.objects.get() if target == "stream_id" else Record.objects.get()
    own.pk, own._state.adding = uuid.uuid4(), True
    setattr(own, target, theirs)
    own.key = "another"
    with pytest.raises(IntegrityError, match="no row of .* in the same organization"), action(ActionName.RUN_RECORDED, actor=SYSTEM):
        own.save(force_insert=True)
    assert Record.objects.count() == 1 and Subject.objects.count() == 1


def test_a_run_of_another_organization_cannot_be_recorded_into_this_one(inside, brackwater):
    with scope(brackwater.pk):
        theirs = observe(user("eve"))
    reading = Reading(
        vendor="aws", kind="account", mode="snapshot", complete=True, completeness="last_page",
        observations=[Observed(user("ada"), (digest_of(PAGE),))],
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="run_id of evidence_record points at"):
        record_run(
            actor=SYSTEM, run=theirs, account=Account("123456789012", "Fernhill", "arn:role"), readings=[reading], calls=(),
            read_page=lambda _digest: PAGE, now=NOON,
        )  # fmt: skip
    assert not Record.objects.exists() and not Subject.objects.exists()


def test_what_records_point_at_can_neither_be_deleted_nor_be_renumbered(inside):
    observe(user("ada"))
    subject = Subject.objects.get()
    with pytest.raises(IntegrityError, match="still pointed at"), action(ActionName.RUN_RECORDED, actor=SYSTEM):
        subject.delete()
    with pytest.raises(IntegrityError, match="never changed"), action(ActionName.RUN_RECORDED, actor=SYSTEM):
        Subject.objects.update(id=uuid.uuid4())
    assert Subject.objects.get().pk == subject.pk


@pytest.mark.parametrize(
    "text", ["back\\slash", "tab\tand\nline\r\nend", "\\.", "\\N", "\\x41", "Zoë 🔑 \u2028", "\x7f\x01", "quote \" ' "]
)
def test_text_that_means_something_to_the_database_is_recorded_as_it_is(inside, text):
    observe(user(text, email=text))
    subject, record = Subject.objects.get(), Record.objects.get()
    assert (subject.key, subject.name) == (f"arn:aws:iam::123456789012:user/{text}", text)
    assert AccountFact.load(json.loads(record.fact)) == user(text, email=text)
    assert bytes(record.digest) == sha256(record.fact.encode()) == bytes(subject.digest)
    assert bytes(record.content_hash) == sha256(bytes(record.salt) + record.fact.encode())
    observe(user(text, email=text), at=NOON + timedelta(hours=1))
    assert Record.objects.count() == 1


def test_a_fact_without_canonical_form_stops_the_run_with_its_own_error_and_writes_nothing(inside):
    with pytest.raises(CanonicalError, match="cannot be written"):
        observe(user("priya"), user("marta", email=2**60))
    assert not Record.objects.exists()
    assert not Subject.objects.exists()
    observe(user("priya"))
    with pytest.raises(CanonicalError, match="cannot be written"):
        observe(user("priya"), user("marta", email=2**60), at=NOON + timedelta(hours=1))
    assert [subject.name for subject in Subject.objects.all()] == ["priya"]


def test_a_run_that_read_no_stream_at_all_is_recorded_as_such(inside):
    run = start_run(actor=SYSTEM, connection_id=CONNECTION, vendor="aws", connector_version="1", kinds=[], started_by="test", now=NOON)
    record_run(
        actor=SYSTEM, run=run, account=Account("123456789012", "Fernhill", "arn:role"), readings=[], calls=(), read_page=lambda _digest: PAGE,
        now=NOON,
    )  # fmt: skip
    assert (Run.objects.get().state, Record.objects.count(), Stream.objects.count()) == ("recorded", 0, 0)
