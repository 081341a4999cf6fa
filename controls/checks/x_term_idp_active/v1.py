"""The identity of a leaver is disabled in time (CC6.2, CC6.3)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from controls.checks.shared.ages import minute
from controls.checks.shared.joins import deadline_of, ended, still_enabled
from controls.outcomes import Judgement, failed, passed
from evidence.facts import instants
from evidence.facts.person_access.v1 import PersonAccess

FACT = PersonAccess
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"sla_hours": 24, "late_shown_days": 30}


def judge(fact: PersonAccess, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one person. A revocation that came too late stays failing for `late_shown_days`, because a check that looks once a day would
    otherwise never show it; after that the past interval tells it."""
    deadline = deadline_of(fact, int(parameters["sla_hours"]))  # type: ignore[call-overload]
    if isinstance(deadline, Judgement):
        return deadline
    accounts = [each for each in fact.accounts if each.category == "identity"]
    late = [each for each in accounts if each.disabled_at and instants.from_text(each.disabled_at) > deadline]
    words = ""
    for each in late:
        at = instants.from_text(each.disabled_at or "")
        shown = at + timedelta(days=int(parameters["late_shown_days"]))  # type: ignore[call-overload]
        source = "" if each.disabled_by_log else ", by its status"
        words = f"{each.login} was disabled {minute(at)}{source}; {ended(fact)}, access had to end by {minute(deadline)}"
        if now < shown:
            return failed(words, holds_until=shown)
    if (answer := still_enabled(fact, accounts, deadline, now)) is not None:
        return answer
    if words:
        return passed(f"was late: {words}")
    if not accounts:
        return passed(f"{ended(fact)}; no account at the identity provider")
    times = ", ".join(f"{each.login} {minute(each.disabled_at) if each.disabled_at else 'at an unknown time'}" for each in accounts)
    return passed(f"{ended(fact)}; disabled: {times}")
