"""Everybody who has not left has a work address, a first day, a kind of employment and a department (CC1.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.person.v1 import Person

FACT = Person
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}
FIELDS = {"work_email": "work address", "hired": "first day", "employment": "kind of employment", "department": "department"}


def judge(fact: Person, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """An empty field fails; one that was not shown is unknown; a known gap counts before an unknown."""
    if fact.status == "terminated":
        return not_applicable("has left")
    values = {said: getattr(fact, name) for name, said in FIELDS.items()}
    empty = [said for said, value in values.items() if value is not None and not value.strip()]
    if empty:
        return failed(f"without {', '.join(empty)}")
    unknown = [said for said, value in values.items() if value is None]
    if unknown:
        return no_data(f"{', '.join(unknown)} not shown by the personnel system")
    return passed("work address, first day, kind of employment and department are there")
