"""Every IAM user who can sign in to the console has a second factor (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.account.v1 import Account

FACT = Account
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Account, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one IAM user by the credential report's password_enabled and mfa_active."""
    if fact.console_access is None:
        return no_data("whether the user has a console password was not observed")
    if not fact.console_access:
        return not_applicable("has no console password")
    if fact.mfa is None:
        return no_data("whether a second factor is active was not observed")
    return passed("a second factor is active") if fact.mfa else failed("can sign in to the console without a second factor")
