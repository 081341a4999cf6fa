"""People's accounts (cloud) map to an enabled identity (CC6.1, CC6.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.joins import classification, unread
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.account_holder.v1 import AccountHolder

FACT = AccountHolder
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: AccountHolder, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one account of the category cloud."""
    if fact.category != "cloud":
        return not_applicable("no cloud account")
    if fact.enabled is False:
        return unread(fact) or not_applicable("cannot be used")
    if (answer := classification(fact, now)) is not None:
        return answer
    if fact.holder == "ignored":
        return unread(fact) or not_applicable(f"left out by decision: {fact.explanation}")
    if blind := unread(fact):
        return blind
    if fact.holder != "person":
        return failed("several persons fit, nobody decided" if fact.holder == "conflict" else "belongs to nobody that is known")
    if fact.idp_enabled is None:
        return no_data(f"whether {fact.person_name} has an enabled identity was not observed")
    if not fact.idp_enabled:
        return failed(f"belongs to {fact.person_name}, who has no enabled identity")
    return passed(f"belongs to {fact.person_name}, who has an enabled identity; {fact.explanation}")
