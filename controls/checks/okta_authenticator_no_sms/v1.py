"""The telephone is no factor (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.authenticator.v1 import Authenticator

FACT = Authenticator
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}
PHONE = "phone_number"
NO_SIGN_IN = frozenset({"recovery", "none"})


def judge(fact: Authenticator, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one authenticator; those that are no telephone meet the claim."""
    if not fact.key:
        return no_data("which authenticator it is was not observed")
    if fact.key != PHONE:
        return passed("sends no code to a telephone")
    if fact.active is False:
        return passed("is switched off")
    if fact.allowed_for in NO_SIGN_IN:
        return passed(f"is allowed for {'recovery only' if fact.allowed_for == 'recovery' else 'nothing'}")
    if fact.active is None or fact.allowed_for is None:
        return no_data("what the telephone may be used for was not observed")
    return failed("codes by text or call are accepted at sign-in")
