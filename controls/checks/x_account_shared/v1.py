"""Shared accounts are registered with owner and vault (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.joins import classification, unread
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.account_holder.v1 import AccountHolder

FACT = AccountHolder
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: AccountHolder, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one account."""
    if fact.enabled is False:
        return unread(fact) or not_applicable("cannot be used")
    if fact.holder == "conflict" and not fact.unread:
        return failed(f"{len(fact.candidates)} persons fit, and nobody decided whose it is")
    if fact.holder == "shared" and fact.rule == "classified" and not fact.kept_in:
        return failed("is shared, and where its secret is kept is not said")
    if fact.holder == "shared" and (answer := classification(fact, now)) is not None:
        return answer
    if blind := unread(fact):
        return blind
    if fact.holder == "unknown":
        return no_data("whose it is has not been found out")
    if fact.holder == "person":
        return passed(f"belongs to {fact.person_name} alone")
    return not_applicable(f"is no person's: {fact.holder.replace('_', '-')}")
