"""The root user has a second factor, or no way to sign in at all (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.root_user.v1 import RootUser

FACT = RootUser
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: RootUser, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge by the account summary. A root user without password and keys cannot be entered."""
    if fact.mfa:
        return passed("a second factor is active")
    if fact.password is False and fact.access_keys is False:
        return not_applicable("the root user has neither password nor access keys")
    if fact.mfa is None:
        return no_data("whether the root user has a second factor was not observed")
    return failed("the root user can be entered without a second factor")
