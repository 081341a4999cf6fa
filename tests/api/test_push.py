"""Pushing facts: declared, sent in pieces, counted only when whole, and judged like anything else."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from compliance.celery import app
from compliance.members.roles import Right
from compliance.pipeline import finish_recorded, tidy
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.vault.selectors.blobs import read_blob
from controls.models import Verdict
from controls.outcomes import Outcome
from controls.services.adoption import adopt_controls
from evidence.models import LedgerEntry, Run, Stream, Subject
from integrations.models import PushChunk, PushSession
from integrations.services.pushes import LIVES, expire_sessions, organizations_with_sessions_to_end
from tests.api.programme import Caller, token_of
from tests.conftest import arranging

RUNS = [
    {"subject": f"invoices {day}", "job": "invoices", "scheduled_for": f"2026-03-0{day}T02:00:00Z", "status": "completed", "finished": f"2026-03-0{day}T02:09:00Z"}
    for day in (1, 2, 3)
]  # fmt: skip


@pytest.fixture(autouse=True)
def own_addresses(settings):
    settings.ROOT_URLCONF = "compliance.urls"


@pytest.fixture
def program(fernhill, priya):
    """A program with a token that may push and nothing else."""
    return Caller(text=token_of(priya, fernhill, Right.PUSH_FACTS))


def lines_of(facts):
    return [json.dumps(each, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for each in facts]


def declared(facts, **other):
    lines = lines_of(facts)
    said = {
        "name": "Billing jobs", "kind": "job_run", "version": 1, "fields": sorted({name for each in facts for name in each}),
        "mode": "incremental", "fresh_days": 2, "expected": len(lines), "sha256": hashlib.sha256(b"".join(lines)).hexdigest(),
    }  # fmt: skip
    return said | other


def opened(program, facts=RUNS, **other):
    answer = program.post("push/sessions/", declared(facts, **other))
    assert answer.status_code == 201, answer.content
    return f"push/sessions/{answer.json()['id']}/"


def sent(program, session, number, data):
    data = data if isinstance(data, bytes) else b"".join(lines_of(data))
    return program.client.put(
        f"/api/v1/fernhill/{session}chunks/{number}/", data, content_type="application/x-ndjson", headers=program.headers
    )


def closed(program, session):
    return program.post(f"{session}close/", {})


def nothing_recorded(organization):
    with scope(organization.pk):
        return (Run.objects.count(), Subject.objects.count()) == (0, 0)


def test_a_whole_session_is_one_run_with_its_declaration_in_the_ledger(program, fernhill, priya):
    session = opened(program)
    assert sent(program, session, 1, RUNS[:2]).status_code == 201
    assert sent(program, session, 2, RUNS[2:]).json() == {
        "number": 2, "lines": 1, "sha256": hashlib.sha256(lines_of(RUNS)[2]).hexdigest(), "repeated": False,
    }  # fmt: skip
    answer = closed(program, session)
    assert (answer.status_code, answer.json()["state"], answer.json()["received"]) == (200, "recorded", 3)
    with scope(fernhill.pk):
        run, call, stream = Run.objects.get(), LedgerEntry.objects.get(), Stream.objects.get()
        assert (str(run.pk), run.vendor, run.state, run.rows) == (answer.json()["run_id"], "push", "recorded", 3)
        assert (call.operation, call.total, call.sha256) == ("push", 3, declared(RUNS)["sha256"])
        assert read_blob(call.sha256) == b"".join(lines_of(RUNS))
        assert (stream.kind, stream.mode, PushChunk.objects.count()) == ("job_run", "incremental", 0)
    assert closed(program, session).json()["run_id"] == answer.json()["run_id"]


def test_spaces_and_order_of_keys_do_not_change_the_hash(program):
    session = opened(program)
    assert sent(program, session, 1, b"\n\n".join(json.dumps(each, indent=None).encode() for each in RUNS)).status_code == 201
    assert closed(program, session).status_code == 200


def test_a_piece_may_come_again_but_not_another_under_its_number(program, fernhill):
    session = opened(program)
    sent(program, session, 1, RUNS[:2])
    again = sent(program, session, 1, RUNS[:2])
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert sent(program, session, 1, RUNS[2:]).status_code == 409
    assert program.read(session)["received"] == 2


def test_while_lines_are_missing_it_stays_open_and_nothing_counts(program, fernhill):
    session = opened(program)
    sent(program, session, 2, RUNS[:2])
    assert "Pieces 1 are missing" in closed(program, session).json()["detail"]
    session = opened(program)
    sent(program, session, 1, RUNS[:2])
    answer = closed(program, session)
    assert (answer.status_code, "2 of 3 lines are here" in answer.json()["detail"]) == (409, True)
    assert nothing_recorded(fernhill)
    sent(program, session, 2, RUNS[2:])
    assert closed(program, session).status_code == 200


def test_another_hash_ends_the_session_for_good(program, fernhill):
    session = opened(program, sha256="0" * 64)
    sent(program, session, 1, RUNS)
    assert closed(program, session).status_code == 409
    assert (program.read(session)["state"], nothing_recorded(fernhill)) == ("refused", True)
    assert sent(program, session, 2, RUNS).status_code == 409


def test_more_lines_than_declared_are_refused(program):
    session = opened(program, RUNS[:2])
    assert sent(program, session, 1, RUNS[:2]).status_code == 201
    answer = sent(program, session, 2, RUNS[:1])
    assert (answer.status_code, "declared 2" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"subject":"a"}', "job is needed"),
        (b'{"subject":"a","job":"j","scheduled_for":"tomorrow"}', "scheduled_for has to be a point in time"),
        (b'{"subject":"a","job":"j","scheduled_for":"2026-02-30T00:00:00Z"}', "and to exist"),
        (b'{"subject":"","job":"j","scheduled_for":"2026-03-01T02:00:00Z"}', "subject is empty"),
        (b'{"subject":"a\\u0000","job":"j","scheduled_for":"2026-03-01T02:00:00Z"}', "NUL"),
        (b'{"subject":"a","job":1,"scheduled_for":"2026-03-01T02:00:00Z"}', "job has to be text"),
        (b'{"subject":"a","job":"j","scheduled_for":"2026-03-01T02:00:00Z","salary":1}', "salary was not declared"),
        (b'{"subject":"a","subject":"b"}', "twice"),
        (b'["a"]', "no object"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 10_000, "nested deeper"),
    ],
)
def test_a_line_that_is_no_fact_refuses_its_piece_by_line(program, line, said):
    session = opened(program)
    answer = sent(program, session, 1, lines_of(RUNS)[0] + line)
    assert answer.status_code == 400
    [message] = answer.json()["errors"]["lines"]
    assert message.startswith("Line 2: ") and said in message
    assert program.read(session)["received"] == 0


def test_two_lines_of_one_subject_are_no_list(program, fernhill):
    twice = [RUNS[0], RUNS[0] | {"status": "failed"}]
    session = opened(program, twice)
    sent(program, session, 1, twice)
    assert "subject" in closed(program, session).json()["detail"]
    assert nothing_recorded(fernhill)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "person_access"), ("kind", "nonsense"), ("version", 9), ("fields", ["subject"]), ("fields", ["subject", "job", "pay"]),
        ("sha256", "x"), ("expected", 100_001), ("mode", "all"), ("fresh_days", 3), ("as_of", "2999-01-01T00:00:00Z"), ("name", " \u200b"),
    ],
)  # fmt: skip
def test_a_declaration_that_cannot_be_kept_is_refused_by_field(program, field, value):
    answer = program.post("push/sessions/", declared(RUNS) | {field: value})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_session_left_open_expires_and_is_shown(program, fernhill):
    session = opened(program)
    sent(program, session, 1, RUNS[:1])
    with scope(fernhill.pk):
        assert expire_sessions(now=datetime.now(UTC) + LIVES + timedelta(seconds=1)) == 1
        assert (PushSession.objects.get().state, PushChunk.objects.count()) == ("expired", 0)
    answer = closed(program, session)
    assert (answer.status_code, "was not closed in time" in answer.json()["detail"]) == (409, True)
    assert program.read("push/sessions/")["results"][0]["state"] == "expired"


@pytest.fixture
def at_once():
    """Whatever is rung for is done at once, in this process."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def test_the_hour_rings_only_for_sessions_that_are_over_and_ends_them(program, fernhill, at_once):
    sent(program, opened(program), 1, RUNS[:1])
    now = datetime.now(UTC)
    assert organizations_with_sessions_to_end(now) == []
    assert organizations_with_sessions_to_end(now + LIVES + timedelta(seconds=1)) == [fernhill.pk]
    with arranging(fernhill):
        PushSession.objects.update(expires_at=now - timedelta(seconds=1))
    tidy()
    with scope(fernhill.pk):
        assert (PushSession.objects.get().state, PushChunk.objects.count()) == ("expired", 0)
    assert organizations_with_sessions_to_end(datetime.now(UTC)) == []


def test_a_session_that_is_given_up_leaves_nothing(program, fernhill):
    session = opened(program)
    sent(program, session, 1, RUNS)
    assert program.client.delete(f"/api/v1/fernhill/{session}", headers=program.headers).status_code == 204
    assert (program.read(session)["state"], nothing_recorded(fernhill)) == ("abandoned", True)


def test_an_older_state_does_not_undo_a_newer_one(program, fernhill):
    for as_of, status in (("2026-03-03T12:00:00Z", 200), ("2026-03-02T12:00:00Z", 409)):
        session = opened(program, as_of=as_of)
        sent(program, session, 1, RUNS)
        assert closed(program, session).status_code == status
    with scope(fernhill.pk):
        assert Run.objects.count() == 1


def test_a_token_without_the_right_does_nothing_here(fernhill, priya):
    reader = Caller(text=token_of(priya, fernhill, Right.SEE_PROGRAMME))
    assert reader.post("push/sessions/", declared(RUNS)).status_code == 403
    assert reader.get("push/kinds/").status_code == 403


def test_the_kinds_say_what_a_line_holds(program):
    [kind] = program.read("push/kinds/", kind="job_run")["results"]
    assert kind["schema"]["required"] == ["subject", "job", "scheduled_for"]
    assert {"person", "vulnerability", "reconciliation"} <= {each["kind"] for each in program.read("push/kinds/")["results"]}


def test_a_run_that_is_missing_from_the_schedule_fails_the_check(program, fernhill, priya):
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=["PI-05"], now=datetime(2026, 1, 1, tzinfo=UTC))
    schedule = [{"subject": "invoices", "first_due": "2026-03-01T02:00:00Z", "every_minutes": 1440, "last_due": "2026-03-04T02:00:00Z"}]
    for facts, other in ((schedule, {"kind": "job_schedule"}), (RUNS, {})):
        session = opened(program, facts, **other)
        sent(program, session, 1, facts)
        assert closed(program, session).status_code == 200
    with scope(fernhill.pk):
        finish_recorded(datetime.now(UTC))
        verdict = Verdict.objects.get(check_row__check_id="pi.job.completed")
        assert (verdict.outcome, verdict.reason) == (
            Outcome.FAIL,
            "the run of 2026-03-04 02:00 UTC is missing, due by 2026-03-04 03:00 UTC",
        )
    session = opened(program, [RUNS[0] | {"subject": "late", "scheduled_for": "2026-03-04T02:00:00Z"}])
    sent(program, session, 1, [RUNS[0] | {"subject": "late", "scheduled_for": "2026-03-04T02:00:00Z"}])
    closed(program, session)
    with scope(fernhill.pk):
        finish_recorded(datetime.now(UTC))
        assert Verdict.objects.get(check_row__check_id="pi.job.completed").outcome == Outcome.PASS
