"""Everybody who works has a manager who is there and is not the same person; one alone has none (CC1.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.person.v1 import Person

FACT = Person
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}
THERE = frozenset({"active", "leave"})


def judge(fact: Person, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """The manager's own status decides; whoever has no manager must be the only one."""
    if fact.status == "terminated":
        return not_applicable("has left")
    if fact.status == "pre_start":
        return not_applicable("has not begun")
    if fact.manager is None:
        return no_data("the manager is not shown by the personnel system")
    if fact.manager == "":
        return _head(fact)
    if fact.manager == fact.subject:
        return failed("is entered as the own manager")
    if fact.manager_status is None:
        return no_data("whether the manager is still there is not known")
    if fact.manager_status == "":
        return failed("the manager is on no record of the roster")
    if fact.manager_status not in THERE:
        return failed("the manager has left" if fact.manager_status == "terminated" else "the manager has not begun")
    return passed("the manager is there")


def _head(fact: Person) -> Judgement:
    if fact.heads is None:
        return no_data("has no manager; whether others have none either is not known")
    if fact.heads > 1:
        return failed(f"has no manager, as {fact.heads - 1} other{'s' if fact.heads > 2 else ''}; only one person may have none")
    return passed("has no manager and is the only one")
