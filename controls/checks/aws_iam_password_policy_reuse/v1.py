"""The last 24 console passwords cannot be used again (CC6.1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controls.checks.shared.arns import account_of
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.account.v1 import Account
from evidence.facts.password_policy.v1 import PasswordPolicy

FACT = PasswordPolicy
OTHERS: tuple[type, ...] = (Account,)
PARAMETERS: Mapping[str, object] = {"remembered": 24}


def judge(fact: PasswordPolicy, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence]) -> Judgement:
    """Judge the account's policy. It speaks of IAM users with a console password only: where there are none, it binds nobody."""
    users = [each for each in others[Account.KIND] if account_of(each.subject) == account_of(fact.subject)]
    if all(each.console_access is False for each in users):
        return not_applicable("no IAM user has a console password")
    if fact.configured is None:
        return no_data("the password policy was not observed")
    if not fact.configured:
        return failed("the account has no password policy of its own")
    least = int(parameters["remembered"])  # type: ignore[call-overload]
    if fact.reuse_prevented is None:
        return no_data("the password policy was not read whole")
    said = f"the last {fact.reuse_prevented} passwords are refused"
    return passed(said) if fact.reuse_prevented >= least else failed(f"{said}, not {least}")
