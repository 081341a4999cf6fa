"""Movers lose the old department's privileged groups in time (CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.checks.shared.joins import unread
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.person_access.v1 import PersonAccess

FACT = PersonAccess
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"days": 30, "groups": []}


def judge(fact: PersonAccess, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one person who moved. `groups` has lines such as `Sales = 00g1abc`: department and the id of a privileged group of it."""
    if not fact.transfers:
        return unread(fact) or not_applicable("has not changed department")
    table = [line.partition("=") for line in parameters["groups"]]  # type: ignore[attr-defined]
    of_department: dict[str, set[str]] = {}
    for department, _sign, group in table:
        of_department.setdefault(department.strip(), set()).add(group.strip())
    if not of_department:
        return unread(fact) or no_data("no table of departments and their privileged groups is kept yet")
    held: set[str] = set()
    unseen = False
    for each in fact.accounts:
        if each.category == "identity":
            held |= set(each.groups or ())
            unseen = unseen or each.groups is None
    kept_now = of_department.get(fact.department or "", set())
    kept = [(move, sorted((of_department.get(move.from_department, set()) - kept_now) & held)) for move in fact.transfers]
    kept = [(move, groups) for move, groups in kept if groups]
    days = int(parameters["days"])  # type: ignore[call-overload]
    late = [(move, groups) for move, groups in kept if now >= after(move.at, days=days)]
    if late:
        move, groups = late[0]
        return failed(
            f"moved from {move.from_department} on {day(move.at)} and still has {', '.join(groups)}, to be taken by {day(after(move.at, days=days))}"
        )
    if blind := unread(fact):
        return blind
    if unseen:
        return no_data("the groups of the identity were not observed")
    if kept:
        turns = min(after(move.at, days=days) for move, _groups in kept)
        return passed(f"still has groups of the old department, to be taken by {day(turns)}", holds_until=turns)
    return passed("has no privileged group of a former department")
