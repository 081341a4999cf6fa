"""IAM users with a console password sign in, or lose it (CC6.2, CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.account.v1 import Account

FACT = Account
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"inactive_days": 90}


def judge(fact: Account, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one IAM user by password_last_used; a user who never signed in counts from the day the user was made."""
    if fact.console_access is None:
        return no_data("whether the user has a console password was not observed")
    if not fact.console_access:
        return not_applicable("has no console password")
    if fact.last_sign_in is None or (fact.last_sign_in == "" and fact.created is None):
        return no_data("when the user last signed in was not observed")
    days = int(parameters["inactive_days"])  # type: ignore[call-overload]
    base = fact.last_sign_in or fact.created or ""
    since = f"last signed in {day(base)}" if fact.last_sign_in else f"never signed in, made {day(base)}"
    end = after(base, days=days)
    if now >= end:
        return failed(f"{since}; inactive for {days} days since {day(end)}")
    return passed(f"{since}; inactive for {days} days from {day(end)}", end)
