"""One check carried through: MFA of console users, from a fact to the health of its control over time."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.models import Check, CheckPoint, Control, Health, Verdict, VerdictPast
from controls.outcomes import ControlState
from controls.services.adoption import adopt_controls
from controls.services.evaluation import evaluate_due, evaluate_run
from controls.services.waivers import end_waiver, grant_waiver
from evidence.facts.account.v1 import Account as AccountFact
from evidence.models import Subject
from evidence.readings import FaultSeen, Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHECK = "aws.iam.console_user_mfa"
CONNECTION = uuid.UUID("018f0000-0000-7000-8000-000000000001")


def hours(number):
    return NOON + timedelta(hours=number)


def user(name, mfa=True, console=True):
    return AccountFact(subject=f"arn:aws:iam::123456789012:user/{name}", name=name, console_access=console, mfa=mfa)


def look(at, *facts, complete=True, faults=()):
    run = start_run(actor=SYSTEM, connection_id=CONNECTION, vendor="aws", connector_version="1", kinds=["account"], started_by="t", now=at)
    reading = Reading(
        vendor="aws", kind="account", mode="snapshot", complete=complete, completeness="consistent_read",
        observations=[Observed(fact) for fact in facts], faults=faults,
    )  # fmt: skip
    record_run(
        actor=SYSTEM, run=run, account=Account("123456789012", "Fernhill", "role"), readings=[reading], calls=(), read_page=lambda _d: b"", now=at,
    )  # fmt: skip
    evaluate_run(run, now=at)
    end_run(actor=SYSTEM, run=run, now=at)
    return run


@pytest.fixture
def control(fernhill):
    """AC-07, decided here by one check alone, so that each effect can be seen."""
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=["AC-07"], now=NOON - timedelta(days=1))
        yield Control.objects.get(code="AC-07")


def check():
    return Check.objects.get(check_id=CHECK)


def states():
    """(hours after noon, state) of the control's health for the one check under test."""
    rows = Health.objects.filter(control__code="AC-07").order_by("from_at").values_list("from_at", "state")
    return [(round((at - NOON) / timedelta(hours=1), 2), state) for at, state in rows]


def test_a_user_without_a_second_factor_fails_the_check_and_the_control(control):
    look(NOON, user("ada"), user("ben", mfa=False), user("cron", console=False))
    row = check()
    assert (row.state, row.passing, row.failing, row.not_applicable) == ("fail", 1, 1, 1)
    assert Verdict.objects.get(subject__name="ben").reason == "can sign in to the console without a second factor"
    assert states()[-1] == (0.0, ControlState.FAILED)


def test_a_repaired_user_closes_the_failing_interval_at_the_instant_it_was_seen(control):
    look(NOON, user("ben", mfa=False))
    look(hours(1), user("ben", mfa=True))
    past = VerdictPast.objects.get(check_row=check())
    assert (past.outcome, past.during.lower, past.during.upper) == (1, NOON, hours(1))
    assert check().failing == 0


def test_looking_again_at_the_same_thing_writes_no_verdict_and_no_point(control):
    look(NOON, user("ada"), user("ben", mfa=False))
    before = (CheckPoint.objects.count(), list(Verdict.objects.values_list("id", "since", "record_id")))
    look(hours(1), user("ada"), user("ben", mfa=False))
    assert (CheckPoint.objects.count(), list(Verdict.objects.values_list("id", "since", "record_id"))) == before
    assert VerdictPast.objects.count() == 0


def test_a_removed_user_takes_the_verdict_along_and_leaves_it_in_history(control):
    look(NOON, user("ada"), user("ben", mfa=False))
    look(hours(1), user("ada"))
    assert not Verdict.objects.filter(subject__name="ben").exists()
    assert VerdictPast.objects.filter(check_row=check(), subject__name="ben", outcome=1).count() == 1
    assert (check().state, check().failing, check().passing) == ("pass", 0, 1)


def test_an_empty_population_is_never_green(control):
    look(NOON)
    assert check().state == "no_population"
    assert states()[-1][1] == ControlState.NOT_OBSERVED


def test_an_unknown_second_factor_is_neither_pass_nor_fail(control):
    look(NOON, user("ada"), user("ben", mfa=None))
    assert (check().state, check().passing, check().unknown) == ("no_data", 1, 1)


def test_a_lost_permission_is_an_error_at_once_and_heals_by_itself(control):
    look(NOON, user("ada"))
    look(hours(1), complete=False, faults=[FaultSeen("permission_missing", "not authorized to perform iam:GetCredentialReport")])
    assert check().state == "error" and "GetCredentialReport" in check().detail
    assert Subject.objects.filter(gone_at=None).count() == 1
    look(hours(2), user("ada"))
    assert check().state == "pass"
    assert [state for _at, state in CheckPoint.objects.filter(check_row=check()).order_by("at").values_list("at", "state")] == [
        "pass", "error", "pass",
    ]  # fmt: skip


def test_a_known_failure_stays_failing_while_nobody_looks(control):
    look(NOON, user("ben", mfa=False))
    evaluate_due(now=hours(10))
    assert check().state == "fail"
    assert states()[-1][1] == ControlState.FAILED


def test_silence_turns_stale_at_the_exact_instant_however_late_the_clock_is_asked(control):
    look(NOON, user("ada"))
    evaluate_due(now=hours(50))
    stale = CheckPoint.objects.filter(check_row=check(), state="stale").get()
    assert stale.at == hours(3)
    assert states()[-1] == (3.0, ControlState.NOT_OBSERVED)
    evaluate_due(now=hours(51))
    assert CheckPoint.objects.filter(check_row=check(), state="stale").count() == 1


def test_a_waiver_shows_the_failure_as_waived_and_ends_at_its_time(control):
    look(NOON, user("ben", mfa=False))
    ben = Subject.objects.get(name="ben")
    grant_waiver(actor=SYSTEM, check=check(), subject=ben, until=hours(2), reason="hardware key on order", now=hours(1))
    assert (check().failing, check().waived) == (1, 1)
    assert states()[-1] == (1.0, ControlState.WAIVED)
    assert Verdict.objects.get(subject=ben).outcome == 1
    evaluate_due(now=hours(2.5))
    assert check().waived == 0
    assert states()[-2:] == [(1.0, ControlState.WAIVED), (2.0, ControlState.FAILED)]


def test_a_waiver_ended_early_stops_at_once(control):
    look(NOON, user("ben", mfa=False))
    waiver = grant_waiver(actor=SYSTEM, check=check(), subject=None, until=hours(9), reason="key on order", now=hours(1))
    end_waiver(actor=SYSTEM, waiver=waiver, now=hours(2))
    assert [state for _at, state in states()][-3:] == [ControlState.FAILED, ControlState.WAIVED, ControlState.FAILED]


def test_a_waiver_for_all_covers_who_fails_later(control):
    look(NOON, user("ben", mfa=False))
    grant_waiver(actor=SYSTEM, check=check(), subject=None, until=hours(9), reason="migration week", now=hours(0.5))
    look(hours(1), user("ben", mfa=False), user("cleo", mfa=False))
    assert (check().failing, check().waived) == (2, 2)


def test_nothing_of_it_reaches_the_rival(control, brackwater):
    look(NOON, user("ben", mfa=False))
    with scope(brackwater.pk):
        assert Verdict.objects.count() == Check.objects.count() == Health.objects.count() == 0


def test_a_waived_failure_that_nobody_looks_at_any_more_is_not_observed(control):
    look(NOON, user("ben", mfa=False))
    grant_waiver(actor=SYSTEM, check=check(), subject=None, until=hours(900), reason="key on order", now=hours(1))
    evaluate_due(now=hours(50))
    assert (check().state, states()[-1]) == ("stale", (3.0, ControlState.NOT_OBSERVED))
