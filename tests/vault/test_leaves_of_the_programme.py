"""Runs, verdict changes, waivers and decisions each leave a leaf; a look that finds nothing new leaves only that of its run."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from compliance.members.models import Membership
from compliance.seal.canonical import canonical_bytes
from compliance.seal.leaf import payload_hash, utc_text
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.vault.models import PendingLeaf, Statement
from compliance.vault.selectors.log import proof_of
from compliance.vault.selectors.statements import statement_of, statements_of, verdict_statement
from compliance.vault.services.sealing import seal_pending
from controls.models import Check, Verdict
from controls.registry import definition
from controls.services.adoption import adopt_controls
from controls.services.controls import assign_control
from controls.services.evaluation import evaluate_run
from controls.services.parameters import change_parameters, explain_empty, switch_check
from controls.services.waivers import end_waiver, grant_waiver
from evidence.ledgers import ledger_digest, ledger_line
from evidence.models import LedgerEntry
from evidence.readings import CallMade, Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run
from tests.conftest import actor_of
from tests.evidence.test_recording import CONNECTION, user

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHECK = "aws.iam.console_user_mfa"


def call(number):
    started = NOON + timedelta(seconds=number)
    return CallMade(
        operation="iam.ListUsers", parameters={"MaxItems": 100, "Ratio": 1.0, "Markers": ["a", {"é": 10**20}]}, partition="", page=number, rows=2,
        total=2, more=False, status=200, started_at=started, finished_at=started, vendor_time=None, request_id="r-1", sha256="", size=10,
        quota_limit=None, quota_remaining=None, not_modified=False, fault="",
    )  # fmt: skip


def observe(*facts, at=NOON, calls=()):
    run = start_run(
        actor=SYSTEM, connection_id=CONNECTION, vendor="aws", connector_version="1", kinds=["account"], started_by="test", now=at
    )
    reading = Reading(
        vendor="aws", kind="account", mode="snapshot", complete=True, completeness="last_page", observations=[Observed(fact, ()) for fact in facts],
        expected=len(facts),
    )  # fmt: skip
    record_run(
        actor=SYSTEM, run=run, account=Account("123456789012", "Fernhill", "arn:role"), readings=[reading], calls=calls,
        read_page=lambda _digest: b"", now=at,
    )  # fmt: skip
    evaluate_run(run, now=at)
    end_run(actor=SYSTEM, run=run, now=at)
    return run


@pytest.fixture
def programme(fernhill):
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=["AC-07", "AC-09"], now=NOON - timedelta(days=1))
        yield fernhill


def kinds():
    return sorted(PendingLeaf.objects.values_list("kind", flat=True))


def said(ref):
    return json.loads(statement_of(ref).payload)


def test_a_run_states_where_it_looked_how_whole_and_the_digest_of_its_ledger_as_it_is_stored(programme):
    run = observe(user("ada"), user("ben"), calls=[call(1), call(2)])
    payload = said(run.pk)
    assert (payload["vendor"], payload["account"], payload["principal"], payload["outcome"]) == (
        "aws",
        "123456789012",
        "arn:role",
        "complete",
    )
    assert payload["streams"] == [
        {
            "changed": 2,
            "complete": True,
            "completeness": "last_page",
            "expected": 2,
            "faults": [],
            "gone": 0,
            "kind": "account",
            "received": 2,
        }
    ]
    stored = LedgerEntry.objects.filter(run=run).order_by("number")
    assert payload["calls"] == len(stored) == 2
    assert payload["ledger_digest"] == ledger_digest(ledger_line(each.number, each) for each in stored)


def test_a_look_that_finds_nothing_new_leaves_one_leaf_only(programme):
    observe(user("ada"))
    seal_pending(now=NOON)
    observe(user("ada"), at=NOON + timedelta(hours=1))
    assert kinds() == ["run"]


def test_a_run_that_could_read_nothing_is_in_the_log_too(programme):
    run = start_run(
        actor=SYSTEM, connection_id=CONNECTION, vendor="aws", connector_version="1", kinds=["account"], started_by="t", now=NOON
    )
    end_run(actor=SYSTEM, run=run, now=NOON, outcome="failed", fault_kind="auth_revoked", fault="refused", calls=[call(1)])
    assert (said(run.pk)["outcome"], said(run.pk)["streams"], said(run.pk)["calls"]) == ("failed", [], 1)


def test_changed_verdicts_are_stated_with_check_outcome_reason_and_record(programme):
    observe(user("ada"), user("ben", mfa=False))
    verdict = Verdict.objects.get(subject__name="ben", check_row__check_id=CHECK)
    kept = verdict_statement(verdict.subject_id, CHECK, utc_text(verdict.since))
    change = next(
        each for each in json.loads(kept.payload)["changes"] if each["subject"] == str(verdict.subject_id) and each["check"] == CHECK
    )
    assert (change["outcome"], change["reason"], change["record"]) == ("fail", verdict.reason, str(verdict.record_id))
    assert change["since"] == utc_text(verdict.since)
    assert canonical_bytes(json.loads(kept.payload)) == kept.payload.encode()  # SQL writes RFC 8785 as well
    assert payload_hash(bytes(kept.salt), kept.payload.encode()) == bytes(kept.content_hash)
    seal_pending(now=NOON)
    assert proof_of(kept.ref) is not None


def test_a_verdict_that_ends_because_its_subject_is_gone_is_stated_as_null(programme):
    observe(user("ada"), user("ben", mfa=False))
    ben = Verdict.objects.filter(subject__name="ben").first().subject_id
    observe(user("ada"), at=NOON + timedelta(hours=1))
    last = Statement.objects.filter(kind="verdicts").latest("id")
    assert {(each["subject"], each["outcome"]) for each in json.loads(last.payload)["changes"]} == {(str(ben), None)}


def test_more_than_a_thousand_changes_make_several_statements(programme):
    observe(*(user(f"user{number}") for number in range(1001)))
    sizes = [len(json.loads(each.payload)["changes"]) for each in Statement.objects.filter(kind="verdicts").order_by("id")]
    assert max(sizes) == 1000 and sum(sizes) == Verdict.objects.count()


def test_a_waiver_leaves_a_leaf_when_it_is_granted_and_when_it_is_ended(programme, priya):
    observe(user("ben", mfa=False))
    waiver = grant_waiver(
        actor=actor_of(priya),
        check=Check.objects.get(check_id=CHECK),
        subject=None,
        until=NOON + timedelta(days=9),
        reason="agreed",
        now=NOON,
    )
    end_waiver(actor=actor_of(priya), waiver=waiver, now=NOON + timedelta(days=1), reason="mended")
    first, second = (json.loads(each.payload) for each in statements_of(waiver.pk))
    assert (first["event"], first["by"], first["reason"], first["check"]) == ("granted", "Priya Natarajan", "agreed", CHECK)
    assert (second["event"], second["reason"]) == ("ended", "mended")


def test_parameters_switching_explaining_and_owners_are_decisions_in_the_log(programme, priya, tom):
    check = Check.objects.get(check_id=CHECK)
    switch_check(actor=actor_of(priya), check=check, enabled=False, reason="not used", now=NOON)
    switch_check(actor=actor_of(priya), check=check, enabled=True, reason="", now=NOON)
    explain_empty(actor=actor_of(priya), check=check, explanation="nobody signs in there", now=NOON)
    membership = Membership.objects.get(user=tom)
    assign_control(actor=actor_of(priya), codes=["AC-07"], membership_id=str(membership.pk), now=NOON)
    decided = [json.loads(each.payload) for each in Statement.objects.filter(kind="decision").order_by("id")]
    assert [each["action"] for each in decided] == ["check.disabled", "check.enabled", "check.empty_explained", "control.assigned"]
    assert decided[0]["decided"] == {"check": CHECK, "enabled": False} and decided[0]["reason"] == "not used"
    assert {each["actor"] for each in decided} == {"Priya Natarajan"}


def test_changed_parameters_are_in_the_log_with_all_values(programme, priya):
    adopt_controls(actor=SYSTEM, codes=["AC-13"], now=NOON - timedelta(days=1))
    numbers = (
        (each, name, value)
        for each in Check.objects.all()
        for name, value in definition(each.check_id).defaults.items()
        if type(value) is int
    )
    check, name, value = next(numbers)
    change_parameters(actor=actor_of(priya), check=check, given={name: str(value + 1)}, reason="stricter", now=NOON)
    decided = json.loads(Statement.objects.get(kind="decision").payload)["decided"]
    assert decided["check"] == check.check_id and decided["parameters"][name] == value + 1
