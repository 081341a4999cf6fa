"""Identities are not opened long before the first day (CC6.2)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from controls.checks.shared.ages import minute
from controls.checks.shared.joins import named, unread
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.person_access.v1 import PersonAccess

FACT = PersonAccess
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"days": 14, "window_days": 180}


def judge(fact: PersonAccess, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one person. An identity older than `window_days` before the first day is from an earlier employment: only whether it is open counts."""
    if blind := unread(fact):
        return blind
    if fact.starts is None:
        return no_data("the first day is not known")
    starts = instants.from_text(fact.starts)
    allowed = starts - timedelta(days=int(parameters["days"]))  # type: ignore[call-overload]
    oldest = starts - timedelta(days=int(parameters["window_days"]))  # type: ignore[call-overload]
    own = [each for each in fact.accounts if each.category == "identity"]
    if not own:
        return not_applicable("has no identity")
    early = [each for each in own if each.created and oldest <= instants.from_text(each.created) < allowed]
    if early:
        return failed(f"{named(early)} created {minute(early[0].created or '')}; the first day begins {minute(starts)}")
    kept = [each for each in own if each.enabled and each.created and instants.from_text(each.created) < oldest]
    if kept and now < allowed:
        return failed(f"{named(kept)} is open; the first day begins {minute(starts)}", holds_until=allowed)
    if any(each.created is None for each in own):
        return no_data("when the identity was created was not observed")
    return passed(f"not open before {minute(allowed)}; the first day begins {minute(starts)}")
