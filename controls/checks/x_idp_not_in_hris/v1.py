"""Enabled identities belong to somebody (CC6.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.joins import classification, unread
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.account_holder.v1 import AccountHolder

FACT = AccountHolder
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: AccountHolder, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one identity."""
    if fact.category != "identity":
        return not_applicable("no account of the identity provider")
    if fact.enabled is False:
        return unread(fact) or not_applicable("cannot sign in")
    if (answer := classification(fact, now)) is not None:
        return answer
    if blind := unread(fact):
        return blind
    if fact.enabled is None:
        return no_data("whether it can sign in was not observed")
    if fact.holder == "person":
        return passed(f"belongs to {fact.person_name}: {fact.explanation}")
    if fact.holder == "ignored":
        return not_applicable(f"left out by decision: {fact.explanation}")
    return failed("can sign in, and several persons fit" if fact.holder == "conflict" else "can sign in, and nobody on the roster fits")
