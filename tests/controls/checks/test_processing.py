"""Checks of processing: a run that is missing fails like one that failed, and a difference has its days to be explained."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from controls.checks.shared.schedules import TooDense, due_times
from controls.judging import turns_until
from controls.outcomes import Outcome
from controls.registry import definition
from evidence.facts.input_rejects.v1 import InputRejects
from evidence.facts.integrity_check.v1 import IntegrityCheck
from evidence.facts.job_run.v1 import JobRun
from evidence.facts.job_schedule.v1 import JobSchedule
from evidence.facts.processing_specification.v1 import ProcessingSpecification
from evidence.facts.reconciliation.v1 import Reconciliation
from tests.controls.checks.gh_judging import NOW, judged

PASS, FAIL, NO_DATA = Outcome.PASS, Outcome.FAIL, Outcome.NO_DATA
NIGHTLY = JobSchedule(subject="invoices", first_due="2026-02-27T02:00:00Z", every_minutes=1440, grace_minutes=60)


def run(day, status="completed", **other):
    return JobRun(subject=f"invoices {day}", job="invoices", scheduled_for=f"2026-{day}T02:00:00Z", status=status, **other)


GOOD = [run("02-27"), run("02-28"), run("03-01")]


def test_every_night_has_its_run_and_the_next_is_waited_for():
    judgement = judged("pi.job.completed", NIGHTLY, others=GOOD)
    assert (judgement.outcome, judgement.holds_until) == (PASS, datetime(2026, 3, 2, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    ("runs", "outcome", "said"),
    [
        ([GOOD[0], GOOD[2]], FAIL, "2026-02-28 02:00 UTC is missing"),
        ([], FAIL, "2026-02-27 02:00 UTC is missing"),
        ([*GOOD[:2], run("03-01", "failed")], FAIL, "failed, and no incident"),
        ([*GOOD[:2], run("03-01", "missed")], FAIL, "was missed"),
        ([*GOOD[:2], run("03-01", "running")], FAIL, "did not end"),
        ([*GOOD[:2], run("03-01", "failed", incident="OPS-1")], PASS, "has an incident"),
        ([*GOOD[:2], run("03-01", "missed", incident="OPS-1")], PASS, "has an incident"),
        ([*GOOD[:2], run("03-01", None)], NO_DATA, "not known"),
        ([run("02-27", None), GOOD[1], run("03-01", "failed")], FAIL, "failed"),
        ([replace(each, job="another") for each in GOOD], FAIL, "is missing"),
    ],
)
def test_each_time_of_the_schedule_is_looked_for(runs, outcome, said):
    judgement = judged("pi.job.completed", NIGHTLY, others=runs)
    assert (judgement.outcome, said in judgement.reason) == (outcome, True), judgement


def test_within_the_grace_a_run_is_waited_for_and_then_its_absence_fails_by_time_alone():
    known = definition("pi.job.completed")
    start = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
    turns = turns_until(known.module, NIGHTLY, known.defaults, start, NOW, {JobRun.KIND: GOOD[:2]})
    assert [(each.at, each.judgement.outcome) for each in turns] == [(start, PASS), (datetime(2026, 3, 1, 3, tzinfo=UTC), FAIL)]


def test_a_schedule_may_name_its_times_and_may_end():
    named = JobSchedule(subject="invoices", due=("2026-02-28T02:00:00Z", "2026-02-27T02:00:00Z"))
    assert judged("pi.job.completed", named, others=GOOD[:2]).outcome == PASS
    assert judged("pi.job.completed", named, others=GOOD[:1]).outcome == FAIL
    over = replace(NIGHTLY, last_due="2026-02-28T02:00:00Z")
    judgement = judged("pi.job.completed", over, others=GOOD[:2], now=NOW + timedelta(days=300))
    assert (judgement.outcome, judgement.holds_until) == (PASS, None)


def test_a_schedule_without_times_and_one_with_too_many_decide_nothing():
    assert judged("pi.job.completed", JobSchedule(subject="invoices")).outcome == NO_DATA
    dense = replace(NIGHTLY, first_due="2025-01-01T00:00:00Z", every_minutes=1)
    with pytest.raises(TooDense, match="later first time"):
        list(due_times(dense, NOW))


def test_numbers_beyond_reason_do_not_break_judging():
    wild = replace(NIGHTLY, grace_minutes=2**53 - 1, every_minutes=2**53 - 1)
    assert judged("pi.job.completed", wild, others=GOOD[:1]).outcome == PASS


REJECTS = InputRejects(
    subject="invoices",
    metric="billing.rejected",
    threshold_permille=20,
    alarm=True,
    alarm_to="on-call",
    accepted=980,
    rejected=20,
    alerted="",
)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, PASS), ({"rejected": 21}, FAIL), ({"rejected": 21, "alerted": "2026-02-28T00:00:00Z"}, PASS), ({"metric": ""}, FAIL), ({"alarm": False}, FAIL),
        ({"alarm_to": ""}, FAIL), ({"metric": None}, NO_DATA), ({"threshold_permille": None}, NO_DATA), ({"alarm": None, "alarm_to": ""}, FAIL),
        ({"accepted": 0, "rejected": 0}, PASS),
    ],
)  # fmt: skip
def test_refusals_are_measured_and_somebody_hears_of_them(change, outcome):
    assert judged("pi.input.rejects_alerted", replace(REJECTS, **change)).outcome == outcome


TOTALS = Reconciliation(subject="r", input_total=100, output_total=99, unit="cents", compared="2026-02-27T00:00:00Z", explanation="")


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"output_total": 100}, PASS), ({"output_total": None}, NO_DATA), ({}, PASS), ({"compared": "2026-02-20T00:00:00Z"}, FAIL),
        ({"compared": "2026-02-20T00:00:00Z", "explanation": "rounding"}, PASS), ({"compared": "2026-02-20T00:00:00Z", "explanation": None}, NO_DATA),
        ({"compared": "2026-02-20T00:00:00Z", "explanation": "rounding", "explained": "2026-02-26T00:00:00Z"}, FAIL),
        ({"compared": None}, NO_DATA), ({"compared": None, "explanation": "rounding"}, PASS), ({"input_total": 0, "output_total": 0}, PASS),
    ],
)  # fmt: skip
def test_totals_agree_or_the_difference_is_explained_in_time(change, outcome):
    assert judged("pi.output.reconciled", replace(TOTALS, **change)).outcome == outcome


def test_a_difference_turns_when_its_days_are_over():
    assert judged("pi.output.reconciled", TOTALS).holds_until == datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("checked", "intact", "outcome"),
    [
        ("2026-02-20T00:00:00Z", True, PASS), ("2026-01-20T00:00:00Z", True, FAIL), ("2026-02-20T00:00:00Z", False, FAIL), ("", None, FAIL),
        (None, True, NO_DATA), ("2026-02-20T00:00:00Z", None, NO_DATA), (None, False, FAIL),
    ],
)  # fmt: skip
def test_stored_data_was_found_intact_lately(checked, intact, outcome):
    assert judged("pi.storage.integrity", IntegrityCheck(subject="archive", checked=checked, intact=intact)).outcome == outcome


@pytest.mark.parametrize(
    ("published", "edition", "outcome"),
    [
        ("2025-06-01T00:00:00Z", "3", PASS), ("2025-01-01T00:00:00Z", "3", FAIL), ("", None, FAIL), ("2025-06-01T00:00:00Z", "", FAIL),
        (None, "3", NO_DATA), ("2025-06-01T00:00:00Z", None, NO_DATA),
    ],
)  # fmt: skip
def test_the_specification_is_published_and_not_older_than_a_year(published, edition, outcome):
    fact = ProcessingSpecification(subject="billing", published=published, edition=edition)
    assert judged("pi.spec.published", fact).outcome == outcome
