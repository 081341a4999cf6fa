"""Accounts are linked or classified in time (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.checks.shared.joins import UNDECIDED, classification, unread
from controls.outcomes import Judgement, failed, not_applicable, passed
from evidence.facts.account_holder.v1 import AccountHolder

FACT = AccountHolder
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"days": 7}


def judge(fact: AccountHolder, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one account."""
    if fact.holder not in UNDECIDED:
        if (answer := classification(fact, now)) is not None:
            return answer
        return unread(fact) or passed(f"{fact.person_name or 'left out by decision'}: {fact.explanation}")
    if fact.enabled is False:
        return unread(fact) or not_applicable("cannot be used")
    if blind := unread(fact):
        return blind
    turns = after(fact.holder_since, days=int(parameters["days"]))  # type: ignore[call-overload]
    what = "several persons fit" if fact.holder == "conflict" else "belongs to nobody that is known"
    if now >= turns:
        return failed(f"{what}, since {day(fact.holder_since)}; had to be decided by {day(turns)}")
    return passed(f"{what}, since {day(fact.holder_since)}; to be decided by {day(turns)}", holds_until=turns)
