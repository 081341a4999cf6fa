"""Fine-grained tokens of members end in time (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.access_token.v1 import AccessToken

FACT = AccessToken
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"max_life_days": 365}


def judge(fact: AccessToken, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge token_expires_at, counted from access_granted_at. A token whose time is over opens nothing any more."""
    if fact.expires is None:
        return no_data("when the token ends was not observed")
    if not fact.expires:
        return failed("the token never ends")
    ends = instants.from_text(fact.expires)
    if now >= ends:
        return not_applicable(f"ended on {day(ends)}")
    if fact.granted is None:
        return no_data("when the token was let in was not observed")
    days = int(parameters["max_life_days"])  # type: ignore[call-overload]
    latest = after(fact.granted, days=days)
    said = f"let in on {day(fact.granted)}, ends on {day(ends)}"
    if ends > latest:
        return failed(f"{said}, more than {days} days later", ends)
    return passed(said, ends)
