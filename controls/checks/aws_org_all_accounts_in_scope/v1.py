"""Accounts of the organization are connected or excluded (completeness; CC2.1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controls.outcomes import Judgement, failed, not_applicable, passed
from evidence.facts.account_profile.v1 import AccountProfile
from evidence.facts.cloud_account.v1 import CloudAccount

FACT = CloudAccount
OTHERS: tuple[type, ...] = (AccountProfile,)
PARAMETERS: Mapping[str, object] = {"excluded": []}


def judge(fact: CloudAccount, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence]) -> Judgement:
    """Judge one account of the organization by whether any connection reads it."""
    if fact.status != "ACTIVE":
        return not_applicable(f"the account is {fact.status.lower().replace('_', ' ') or 'in an unknown state'}")
    if fact.own or any(each.number == fact.number for each in others[AccountProfile.KIND]):
        return passed("read by a connection")
    if fact.number in parameters["excluded"]:  # type: ignore[operator]
        return not_applicable("left out by decision")
    return failed("no connection reads this account")
