"""Contractors have an end date and are not active after it (CC6.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.workdays import end_of_day, is_day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.person.v1 import Person

FACT = Person
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Person, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """The outcome turns at the end of the last day in the person's zone, unless the record says by then that the person is gone."""
    if fact.employment in ("employee", "intern"):
        return not_applicable("is no contractor")
    if fact.status == "terminated":
        return not_applicable("has left")
    if fact.employment is None:
        return no_data("the kind of employment is not known")
    if fact.status is None:
        return no_data("whether the person has left is not known")
    if fact.last_day == "":
        return failed("a contractor without an end date")
    if not is_day(fact.last_day):
        return no_data("the end date is not known")
    end = end_of_day(str(fact.last_day), fact.zone)
    if now >= end:
        return failed(f"the contract ended on {fact.last_day} and the record is still active")
    return passed(f"the contract ends on {fact.last_day}", end)
