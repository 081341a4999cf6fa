"""A stream that holds what it held is not compared one by one; whatever differs is found all the same."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.seal.canonical import CanonicalError
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.models import PendingPack
from compliance.vault.services.blobs import digest_of
from evidence.facts.account.v1 import Account as AccountFact
from evidence.facts.volume.v1 import Volume
from evidence.models import Coverage, Record, Run, RunStream, Stream, Subject
from evidence.readings import Observed, Reading
from evidence.services import recording
from evidence.services.recording import RecordedMeanwhile, _record, find_differences
from evidence.services.runs import Account, end_run, record_run, start_run
from evidence.services.wholeness import whole_digest

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = b"the raw page"
CONNECTION = uuid.UUID("018f0000-0000-7000-8000-000000000001")


def user(name, **more):
    return AccountFact(subject=name, name=more.pop("called", name), mfa=more.pop("mfa", True), **more)


def reading_of(*facts, complete=True, only=None):
    return Reading(
        vendor="aws", kind="account", mode="snapshot", complete=complete, completeness="last_page",
        observations=[Observed(fact, (digest_of(PAGE),)) for fact in facts], only=only, staleness_seconds=10**6,
    )  # fmt: skip


def begun(at):
    return start_run(
        actor=SYSTEM, connection_id=CONNECTION, vendor="aws", connector_version="1", kinds=["account"], started_by="test", now=at
    )


def observe(*facts, minutes=0, **how):
    """One run; returns the statements that it needed."""
    at = NOON + timedelta(minutes=minutes)
    run = begun(at)
    with CaptureQueriesContext(connection) as asked:
        record_run(
            actor=SYSTEM, run=run, account=Account("123456789012", "Fernhill", "arn:role"), readings=[reading_of(*facts, **how)], calls=(),
            read_page=lambda _digest: PAGE, now=at,
        )  # fmt: skip
    end_run(actor=SYSTEM, run=run, now=at)
    return " ".join(query["sql"] for query in asked.captured_queries)


def compared(statements):
    return "staged_digest" in statements


def present():
    """What is there now, by subject: whether its second factor is on, read back from the current record."""
    return {subject.key: '"mfa":true' in Record.objects.get(pk=subject.record_id).fact for subject in Subject.objects.filter(gone_at=None)}


@pytest.fixture
def inside(fernhill):
    with scope(fernhill.pk):
        yield fernhill


def test_an_unchanged_look_compares_nothing_one_by_one_and_still_counts_covers_and_says_so(inside):
    observe(user("ada"), user("ben"))
    statements = observe(user("ben"), user("ada"), minutes=60)  # vendors promise no order
    assert not compared(statements) and "staged_fact" not in statements
    assert Coverage.objects.get().until_at == NOON + timedelta(minutes=60)
    latest = RunStream.objects.latest("run__started_at")
    assert (latest.outcome, latest.received, latest.changed, latest.gone) == ("complete", 2, 0, 0)
    assert Record.objects.count() == 2


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([user("ada"), user("ben", mfa=False)], {"ada": True, "ben": False}),
        ([user("ada")], {"ada": True}),
        ([user("ada"), user("ben"), user("cleo")], {"ada": True, "ben": True, "cleo": True}),
        ([user("ada"), user("bert")], {"ada": True, "bert": True}),
        ([], {}),
    ],
    ids=["one field changed", "one vanished", "one came", "one replaced by another", "all vanished"],
)
def test_whatever_differs_from_the_last_look_is_found(inside, facts, expected):
    observe(user("ada"), user("ben"))
    observe(*facts, minutes=60)
    assert present() == expected


def test_what_came_back_after_a_change_is_a_change_again(inside):
    for number, mfa in enumerate((True, False, True)):
        observe(user("ada", mfa=mfa), minutes=60 * number)
    assert present() == {"ada": True} and Record.objects.count() == 3


def test_a_change_of_any_single_field_changes_the_digest():
    base = {"subject": "ada", "name": "Ada", "region": "", "email": "", "console_access": True, "mfa": None, "created": None}
    others = [{"subject": "b"}, {"name": ""}, {"region": "eu"}, {"email": "a"}, {"console_access": None}, {"mfa": False}, {"created": "x"}]
    facts = [AccountFact(**base), *(AccountFact(**{**base, **other}) for other in others)]
    assert len({whole_digest([Observed(fact)]) for fact in facts}) == len(facts)


def test_the_same_values_under_another_kind_of_fact_are_something_else():
    volume, account = Volume(subject="a", name="a"), AccountFact(subject="a", name="a")
    assert whole_digest([Observed(volume)]) != whole_digest([Observed(account)])
    assert whole_digest([Observed(volume), Observed(account)]) == ""  # no digest, so always compared one by one


def test_a_value_without_canonical_form_is_refused_although_a_digest_could_be_made(inside):
    observe(user("ada"))
    with pytest.raises(CanonicalError):
        observe(user("ada", email=2**60), minutes=60)
    assert Stream.objects.get().whole_digest and present() == {"ada": True}


def test_after_a_partial_look_the_next_whole_one_compares_and_only_then_may_the_short_way_be_taken(inside):
    observe(user("ada"), user("ben"))
    observe(user("ada", mfa=False), minutes=10, complete=False)
    assert present() == {"ada": False, "ben": True}
    assert compared(observe(user("ada"), user("ben"), minutes=20))
    assert present() == {"ada": True, "ben": True}
    assert not compared(observe(user("ada"), user("ben"), minutes=30))


def test_a_partial_look_that_happens_to_show_everything_never_takes_the_short_way(inside):
    observe(user("ada"), user("ben"))
    assert compared(observe(user("ada"), user("ben"), minutes=10, complete=False))
    assert Coverage.objects.get().until_at == NOON


def test_a_subject_seen_twice_in_one_look_forbids_the_short_way(inside):
    observe(user("ada"), user("ben"))
    assert compared(observe(user("ada"), user("ben"), user("ben"), minutes=10))
    assert compared(observe(user("ada"), user("ben"), minutes=20))  # what drifted does not stand for the whole either
    assert not compared(observe(user("ada"), user("ben"), minutes=30))


def test_a_targeted_re_read_forbids_the_short_way(inside):
    observe(user("ada"), user("ben"))
    observe(minutes=5, only=frozenset({"ben"}))
    assert present() == {"ada": True}
    assert compared(observe(user("ada"), user("ben"), minutes=10))
    assert present() == {"ada": True, "ben": True}


def test_whoever_writes_a_subject_makes_the_next_look_compare(inside):
    observe(user("ada"), user("ben"))
    with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        Subject.objects.filter(key="ben").update(digest=None)
    assert Stream.objects.get().whole_digest == ""
    observe(user("ada"), user("ben"), minutes=60)
    assert Record.objects.filter(subject__key="ben").count() == 2


def test_a_stream_written_by_another_run_between_comparing_and_recording_is_not_taken_for_the_same(inside):
    observe(user("ada"))
    run = begun(NOON + timedelta(minutes=60))
    run.observed_at = run.started_at
    differences = find_differences([reading_of(user("ada"))], {"account": Stream.objects.get()})
    observe(user("ada", mfa=False), minutes=30)
    with pytest.raises(RecordedMeanwhile), action(ActionName.RUN_RECORDED, actor=SYSTEM, subject=run):
        _record(run, differences, {})
    assert present() == {"ada": False} and not RunStream.objects.filter(run=run).exists()


def test_a_look_whose_stream_was_written_meanwhile_does_not_stand_for_the_whole(inside):
    observe(user("ada"), user("ben"))
    run = begun(NOON + timedelta(minutes=60))
    run.observed_at = run.started_at
    differences = find_differences([reading_of(user("ada"), user("ben", mfa=False))], {"account": Stream.objects.get()})
    observe(user("ada", mfa=False), user("ben"), minutes=30)
    with action(ActionName.RUN_RECORDED, actor=SYSTEM, subject=run):
        _record(run, differences, {digest_of(PAGE): len(PAGE)})
    assert present() == {"ada": False, "ben": False} and Stream.objects.get().whole_digest == ""
    observe(user("ada"), user("ben", mfa=False), minutes=90)
    assert present() == {"ada": True, "ben": False}


LOOKS = st.lists(
    st.tuples(st.sampled_from(["whole", "partial", "targeted"]), st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=4)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(looks=LOOKS)
def test_after_any_looks_there_is_what_the_looks_say(inside, looks):
    account, expected = str(uuid.uuid4()), {}
    for number, (how, seen) in enumerate(looks):
        for again in range(2):  # every look twice: the second may take the short way, and must not change anything
            at = NOON + timedelta(minutes=10 * number + again)
            run = begun(at)
            only = frozenset("ab") if how == "targeted" else None
            reading = reading_of(*(user(name, mfa=mfa) for name, mfa in seen), complete=how != "partial", only=only)
            record_run(
                actor=SYSTEM, run=run, account=Account(account, account, "arn:role"), readings=[reading], calls=(),
                read_page=lambda _digest: PAGE, now=at,
            )  # fmt: skip
            end_run(actor=SYSTEM, run=run, now=at)
        if how == "whole":
            expected = {}
        elif how == "targeted":
            expected = {name: mfa for name, mfa in expected.items() if name == "c"}
        expected |= dict(seen)
        subjects = Subject.objects.filter(stream__source__account=account, gone_at=None)
        assert {each.key: '"mfa":true' in Record.objects.get(pk=each.record_id).fact for each in subjects} == expected


def test_a_first_look_written_in_blocks_is_whole_and_in_order(inside, monkeypatch):
    monkeypatch.setattr(recording, "FIRST_AT_ONCE", 3)
    names = [f"user {number}\t\\" for number in range(8)]
    observe(*(user(name) for name in names))
    records = list(Record.objects.order_by("id"))
    assert [Subject.objects.get(pk=record.subject_id).key for record in records] == names
    waiting = b"".join(bytes(pack.leaves) for pack in PendingPack.objects.order_by("id"))
    assert waiting == b"".join(record.pk.bytes + bytes(record.content_hash) for record in records)
    assert not compared(observe(*(user(name) for name in names), minutes=60))


def test_an_error_in_a_later_block_leaves_nothing_of_the_earlier_ones(inside, monkeypatch):
    monkeypatch.setattr(recording, "FIRST_AT_ONCE", 1)
    with pytest.raises(CanonicalError):
        observe(user("ada"), user("ben"), user("cleo", email=2**60))
    assert (Subject.objects.count(), Record.objects.count(), PendingPack.objects.count()) == (0, 0, 0)
    assert Run.objects.get().state == "running"
