"""What the checks of the personnel system say of people whose records are whole, empty, hidden or late."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from controls.checks.shared.workdays import end_of_day, is_day, working_days_after
from controls.outcomes import Outcome
from controls.registry import definition
from evidence.facts.person.v1 import Person
from evidence.facts.roster.v1 import Roster
from tests.controls.checks.judging import NOW, judged, outcome

PASS, FAIL, NOT_APPLICABLE, NO_DATA = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE, Outcome.NO_DATA
MARTA: dict[str, Any] = {
    "subject": "150",
    "name": "Marta Lindqvist",
    "work_email": "marta@fernhill.example",
    "employment": "employee",
    "status": "active",
    "hired": "2022-06-22",
    "last_day": "",
    "department": "Leadership",
    "title": "Head of engineering",
    "zone": "Europe/Berlin",
    "manager": "149",
    "manager_status": "active",
}


def marta(**changes: Any) -> Person:
    return Person(**{**MARTA, **changes})


def hugo(**changes: Any) -> Person:
    """Left on Friday, 20 February 2026."""
    return marta(name="Hugo Laurent", status="terminated", last_day="2026-02-20", **changes)


def kit(**changes: Any) -> Person:
    return marta(name="Kit Lambert", **{"employment": "contractor", "last_day": "2026-03-31", **changes})


def fernhill(**changes: Any) -> Roster:
    given = {"read_day": "2026-03-01", "people": 120, "active": 111, "active_before": 110, "before_day": "2026-02-22", **changes}
    return Roster(subject="fernhill", **given)


# -- fields --------------------------------------------------------------------------------------------------------------


def test_a_whole_record_passes() -> None:
    assert outcome("hr.person.core_fields", marta()) == PASS


@pytest.mark.parametrize(
    ("field", "said"),
    [("work_email", "work address"), ("hired", "first day"), ("employment", "kind of employment"), ("department", "department")],
)
def test_an_empty_field_fails_and_is_named_and_a_hidden_one_is_unknown(field: str, said: str) -> None:
    assert judged("hr.person.core_fields", marta(**{field: ""})).reason == f"without {said}"
    assert outcome("hr.person.core_fields", marta(**{field: ""})) == FAIL
    assert outcome("hr.person.core_fields", marta(**{field: None})) == NO_DATA


def test_a_known_gap_counts_before_an_unknown_field() -> None:
    assert judged("hr.person.core_fields", marta(department=" ", hired=None)).reason == "without department"


def test_nobody_asks_for_the_fields_of_somebody_who_left() -> None:
    assert outcome("hr.person.core_fields", hugo(department="")) == NOT_APPLICABLE


# -- managers ------------------------------------------------------------------------------------------------------------


def test_a_manager_who_is_there_passes_even_on_leave() -> None:
    assert outcome("hr.person.manager", marta()) == PASS
    assert outcome("hr.person.manager", marta(manager_status="leave")) == PASS


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"manager_status": "terminated"}, "the manager has left"),
        ({"manager_status": "pre_start"}, "the manager has not begun"),
        ({"manager_status": ""}, "the manager is on no record of the roster"),
        ({"manager": "150"}, "is entered as the own manager"),
        ({"manager": "", "heads": 3}, "has no manager, as 2 others; only one person may have none"),
        ({"manager": "", "heads": 2}, "has no manager, as 1 other; only one person may have none"),
    ],
)
def test_a_reporting_line_that_leads_nowhere_fails(changes: dict[str, Any], reason: str) -> None:
    said = judged("hr.person.manager", marta(**changes))
    assert (said.outcome, said.reason) == (FAIL, reason)


def test_the_one_head_of_the_organization_needs_no_manager() -> None:
    assert outcome("hr.person.manager", marta(manager="", heads=1)) == PASS


@pytest.mark.parametrize("changes", [{"manager": None}, {"manager_status": None}, {"manager": "", "heads": None}])
def test_a_manager_who_is_not_shown_is_unknown(changes: dict[str, Any]) -> None:
    assert outcome("hr.person.manager", marta(**changes)) == NO_DATA


# -- titles --------------------------------------------------------------------------------------------------------------


def test_a_title_is_looked_up_without_regard_to_capitals_and_blanks() -> None:
    register = ["head  of Engineering", "Chief executive"]
    assert outcome("hr.person.job_title_described", marta(), described_titles=register) == PASS
    assert outcome("hr.person.job_title_described", marta(title="Wizard"), described_titles=register) == FAIL
    assert outcome("hr.person.job_title_described", marta(title=""), described_titles=register) == FAIL
    assert outcome("hr.person.job_title_described", marta(title=None), described_titles=register) == NO_DATA


@pytest.mark.parametrize("register", [[], [""], ["  "]])
def test_without_a_register_of_job_descriptions_nobody_passes(register: list[str]) -> None:
    assert outcome("hr.person.job_title_described", marta(), described_titles=register) == NO_DATA


# -- entered in time -----------------------------------------------------------------------------------------------------


def test_an_end_entered_before_the_last_day_passes_and_one_entered_days_later_fails() -> None:
    assert outcome("hr.term.recorded_timely", hugo(end_recorded_at="2026-02-06T10:00:00Z")) == PASS
    late = judged("hr.term.recorded_timely", hugo(end_recorded_at="2026-02-25T10:00:00Z"))
    assert (late.outcome, late.reason) == (FAIL, "last day 2026-02-20, due by the end of 2026-02-23, entered 2026-02-25 10:00 UTC")


def test_the_weekend_is_no_working_day_and_the_day_ends_in_the_persons_zone() -> None:
    monday_night = "2026-02-23T22:59:59Z"  # 23:59:59 in Berlin
    assert outcome("hr.term.recorded_timely", hugo(end_recorded_at=monday_night)) == PASS
    assert outcome("hr.term.recorded_timely", hugo(end_recorded_at="2026-02-23T23:00:00Z")) == FAIL
    assert outcome("hr.term.recorded_timely", hugo(end_recorded_at="2026-02-23T23:00:00Z", zone="America/New_York")) == PASS


def test_where_only_the_latest_possible_instant_is_known_late_is_who_was_not_entered_when_time_was_over() -> None:
    latest = "2026-02-25T10:00:00Z"
    assert outcome("hr.term.recorded_timely", hugo(end_recorded_at=latest, end_recorded_after="2026-02-24T08:00:00Z")) == FAIL
    assert outcome("hr.term.recorded_timely", hugo(end_recorded_at=latest, end_recorded_after="2026-02-23T08:00:00Z")) == NO_DATA
    assert outcome("hr.term.recorded_timely", hugo(end_recorded_at=latest, end_recorded_after="")) == NO_DATA
    assert outcome("hr.term.recorded_timely", hugo(end_recorded_at="2026-02-20T10:00:00Z", end_recorded_after="")) == PASS


@pytest.mark.parametrize("changes", [{}, {"last_day": None}, {"last_day": "soon"}, {"status": None}])
def test_without_the_day_or_the_entry_there_is_no_answer(changes: dict[str, Any]) -> None:
    assert outcome("hr.term.recorded_timely", marta(**{"status": "terminated", "last_day": "2026-02-20", **changes})) == NO_DATA


@pytest.mark.parametrize("status", ["active", "leave", "pre_start"])
def test_whoever_has_not_left_is_not_asked(status: str) -> None:
    assert outcome("hr.term.recorded_timely", marta(status=status, last_day="2026-02-20")) == NOT_APPLICABLE


# -- contractors ---------------------------------------------------------------------------------------------------------


def test_a_contractor_passes_until_the_last_day_is_over_in_the_own_zone() -> None:
    said = judged("hr.contractor.covered", kit())
    assert (said.outcome, said.holds_until) == (PASS, datetime(2026, 3, 31, 22, tzinfo=UTC))
    turned = judged("hr.contractor.covered", kit(), now=datetime(2026, 3, 31, 22, tzinfo=UTC))
    assert (turned.outcome, turned.reason) == (FAIL, "the contract ended on 2026-03-31 and the record is still active")


def test_a_contractor_without_an_end_date_fails_and_one_who_left_is_not_asked() -> None:
    assert outcome("hr.contractor.covered", kit(last_day="")) == FAIL
    assert outcome("hr.contractor.covered", kit(status="terminated", last_day="2026-01-31")) == NOT_APPLICABLE
    assert outcome("hr.contractor.covered", marta()) == NOT_APPLICABLE


@pytest.mark.parametrize(
    "changes", [{"last_day": None}, {"employment": None}, {"status": None, "last_day": "2026-01-31"}, {"last_day": "?"}]
)
def test_what_is_not_shown_of_a_contractor_is_unknown(changes: dict[str, Any]) -> None:
    assert outcome("hr.contractor.covered", kit(**changes)) == NO_DATA


# -- the roster ----------------------------------------------------------------------------------------------------------


def test_a_roster_read_today_passes_until_the_end_of_tomorrow_and_then_fails_by_itself() -> None:
    said = judged("hr.roster.fresh", fernhill())
    assert (said.outcome, said.holds_until) == (PASS, datetime(2026, 3, 3, tzinfo=UTC))
    assert outcome("hr.roster.fresh", fernhill(), now=datetime(2026, 3, 3, tzinfo=UTC)) == FAIL


@pytest.mark.parametrize(("active", "expected"), [(88, PASS), (87, FAIL), (132, PASS), (133, FAIL), (0, FAIL)])
def test_a_fifth_more_or_less_than_a_week_before_is_the_limit(active: int, expected: Outcome) -> None:
    assert outcome("hr.roster.fresh", fernhill(active=active)) == expected


def test_a_jump_that_is_explained_passes() -> None:
    assert outcome("hr.roster.fresh", fernhill(active=20), known_days=["2026-02-22"]) == PASS
    assert outcome("hr.roster.fresh", fernhill(active=0), known_days=["2026-02-22"]) == FAIL


@pytest.mark.parametrize("changes", [{"active": None}, {"read_day": ""}, {"active_before": None}])
def test_without_a_whole_reading_and_one_before_it_there_is_no_answer(changes: dict[str, Any]) -> None:
    assert outcome("hr.roster.fresh", fernhill(**changes)) == NO_DATA


# -- what no facts decide ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", ["hr.hire.agreement", "hr.hire.background", "hr.review.annual"])
def test_what_the_personnel_system_does_not_tell_names_the_missing_source(check: str) -> None:
    known = definition(check)
    assert (known.version, known.vendor) == (0, "hr") and known.missing


# -- days ----------------------------------------------------------------------------------------------------------------


@given(some.text(max_size=12))
def test_any_text_is_a_day_that_can_be_counted_from_or_none(text: str) -> None:
    if is_day(text):
        assert end_of_day(text, "Europe/Berlin") < end_of_day(working_days_after(text, 3), None) + timedelta(days=1)


@given(some.dates(min_value=date(2, 2, 1), max_value=date(9990, 1, 1)), some.integers(1, 10))
def test_working_days_are_never_at_the_weekend_and_as_many_as_were_asked_for(start: Any, count: int) -> None:
    end = date.fromisoformat(working_days_after(start.isoformat(), count))
    between = [start + timedelta(days=each) for each in range(1, (end - start).days + 1)]
    assert end.weekday() < 5
    assert sum(each.weekday() < 5 for each in between) == count


def test_reasons_do_not_move_with_the_clock() -> None:
    for check, fact in (("hr.contractor.covered", kit()), ("hr.roster.fresh", fernhill()), ("hr.person.manager", marta())):
        assert judged(check, fact) == judged(check, fact, now=NOW + timedelta(hours=1))
