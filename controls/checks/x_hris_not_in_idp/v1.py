"""People at work have exactly one enabled identity (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, minute
from controls.checks.shared.joins import named, unread
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.person_access.v1 import PersonAccess

FACT = PersonAccess
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"grace_hours": 24, "exempt_employments": []}


def judge(fact: PersonAccess, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one person who has begun and not ended; people on leave are another check's."""
    if fact.employment in parameters["exempt_employments"]:  # type: ignore[operator]
        return unread(fact) or not_applicable(f"{fact.employment}s need no identity")
    if fact.ends is None or fact.status == "terminated":
        return unread(fact) or not_applicable("has left")
    if blind := unread(fact):
        return blind
    if fact.starts is None:
        return no_data("the first day is not known")
    begin = after(fact.starts, hours=int(parameters["grace_hours"]))  # type: ignore[call-overload]
    if now < begin:
        return not_applicable(f"must have an identity from {minute(begin)}", holds_until=begin)
    end = instants.from_text(fact.ends) if fact.ends else None
    if end is not None and now >= end:
        return not_applicable(f"employment ended {minute(end)}")
    if fact.status == "leave":
        return not_applicable("is on leave", holds_until=end)
    own = [each for each in fact.accounts if each.category == "identity"]
    if any(each.enabled is None for each in own):
        return no_data("whether the identity is enabled was not observed")
    enabled = [each for each in own if each.enabled]
    if len(enabled) == 1:
        return passed(f"signs in as {enabled[0].login}", holds_until=end)
    if not enabled:
        return failed("has no enabled identity", holds_until=end)
    return failed(f"has {len(enabled)} enabled identities: {named(enabled)}", holds_until=end)
