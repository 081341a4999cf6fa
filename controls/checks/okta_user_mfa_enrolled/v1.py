"""Everybody who can sign in has a strong second factor (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.identity.v1 import Identity

FACT = Identity
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"weak": ["sms", "call", "email", "question"]}
NOT_YET = frozenset({"provisioned", "staged"})  # before the first sign-in nothing can be enrolled


def judge(fact: Identity, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one user by the factors that are active."""
    if fact.enabled is None:
        return no_data("whether the user can sign in was not observed")
    if not fact.enabled:
        return not_applicable(f"cannot sign in ({fact.status})")
    if fact.status in NOT_YET:
        return not_applicable("has not signed in yet, so that nothing could be enrolled")
    if fact.factors is None:
        return no_data("the factors were not read")
    active = sorted({each.kind for each in fact.factors if each.status == "active"})
    weak = {str(each) for each in parameters["weak"]}  # type: ignore[attr-defined]
    strong = [each for each in active if each not in weak]
    if strong:
        return passed(f"has {', '.join(strong)}")
    return failed(f"has only {', '.join(active)}" if active else "has no second factor")
