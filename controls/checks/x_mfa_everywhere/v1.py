"""A second factor on every way in (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.joins import unread
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.account_holder.v1 import AccountHolder

FACT = AccountHolder
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"through_provider": []}


def judge(fact: AccountHolder, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one account that somebody can sign in with. `through_provider`: systems that are entered through the identity provider only,
    which is what the organization says; there the person's factor at the provider counts."""
    if fact.enabled is False or fact.interactive is False:
        return unread(fact) or not_applicable("nobody can sign in with it")
    through = fact.system in parameters["through_provider"]  # type: ignore[operator]
    factor = fact.idp_mfa if through else fact.mfa
    where = "at the identity provider" if through else "of its own"
    if factor is False:
        return failed(f"can sign in without a second factor {where}")
    if blind := unread(fact):
        return blind
    if factor is None:
        return no_data(f"whether a second factor {where} is asked for was not observed")
    return passed(f"has a second factor {where}")
