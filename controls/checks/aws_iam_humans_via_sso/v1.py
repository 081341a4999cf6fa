"""No IAM user but the break-glass ones has a console password (CC6.1, CC6.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.account.v1 import Account

FACT = Account
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"break_glass": []}


def judge(fact: Account, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one IAM user: a console password is for people, and people should come through single sign-on."""
    if fact.console_access is None:
        return no_data("whether the user has a console password was not observed")
    if not fact.console_access:
        return passed("has no console password")
    if fact.subject in parameters["break_glass"] or fact.name in parameters["break_glass"]:  # type: ignore[operator]
        return not_applicable("kept for emergencies by decision")
    return failed("a person can sign in as this IAM user, beside single sign-on")
