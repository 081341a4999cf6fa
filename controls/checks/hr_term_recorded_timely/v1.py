"""The end of an employment is entered within one working day of the last day (CC6.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import minute
from controls.checks.shared.workdays import end_of_day, is_day, working_days_after
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.person.v1 import Person

FACT = Person
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"working_days": 1}


def judge(fact: Person, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """`end_recorded_at` may be the latest possible instant only: late is who was not yet entered when the time was over."""
    if fact.status in ("active", "leave", "pre_start"):
        return not_applicable("has not left")
    if fact.status != "terminated":
        return no_data("whether the person has left is not known")
    if not is_day(fact.last_day):
        return no_data("the last day is not known")
    if fact.end_recorded_at is None:
        return no_data("when the end was entered is not known")
    due_day = working_days_after(str(fact.last_day), int(parameters["working_days"]))  # type: ignore[call-overload]
    due = end_of_day(due_day, fact.zone)
    said = f"last day {fact.last_day}, due by the end of {due_day}"
    if instants.from_text(fact.end_recorded_at) < due:
        return passed(f"{said}, entered {minute(fact.end_recorded_at)} or before")
    if fact.end_recorded_after is None:
        return failed(f"{said}, entered {minute(fact.end_recorded_at)}")
    if fact.end_recorded_after and instants.from_text(fact.end_recorded_after) >= due:
        return failed(f"{said}, still not entered {minute(fact.end_recorded_after)}")
    return no_data(f"{said}; entered at the latest {minute(fact.end_recorded_at)}, and not known whether before the time was over")
