"""Identities of people on a long leave are suspended (CC6.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.checks.shared.joins import named, unread
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.person_access.v1 import PersonAccess

FACT = PersonAccess
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"days": 30, "grace_hours": 48, "exempt": []}


def judge(fact: PersonAccess, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one person. A leave counts when it is open or longer than `days`; `exempt` names people (name or employee number) by decision."""
    named_people = {str(each).casefold() for each in parameters["exempt"]}  # type: ignore[attr-defined]
    if named_people & {fact.name.casefold(), fact.employee_number.casefold() or "-"}:
        return unread(fact) or not_applicable("exempted by decision")
    days, grace = int(parameters["days"]), int(parameters["grace_hours"])  # type: ignore[call-overload]
    long = [each for each in fact.absences if not each.until or instants.from_text(each.until) > after(each.since, days=days)]
    ahead = [each for each in long if not each.until or now < instants.from_text(each.until)]
    if not ahead:
        return unread(fact) or not_applicable("is on no long leave")
    leave = ahead[0]
    begin = after(leave.since, hours=grace)
    end = instants.from_text(leave.until) if leave.until else None
    if now < begin:
        return unread(fact) or not_applicable(f"a long leave begins {day(leave.since)}", holds_until=begin)
    own = [each for each in fact.accounts if each.category == "identity"]
    enabled = [each for each in own if each.enabled]
    if enabled:
        return failed(f"{named(enabled)} enabled; on leave since {day(leave.since)}{f' until {day(end)}' if end else ''}", holds_until=end)
    if blind := unread(fact):
        return blind
    if any(each.enabled is None for each in own):
        return no_data("whether the identity is enabled was not observed")
    return passed(f"cannot sign in; on leave since {day(leave.since)}", holds_until=end)
