"""The organization demands a second factor, and the members list agrees with it (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.listings import several
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.code_organization.v1 import CodeOrganization

FACT = CodeOrganization
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: CodeOrganization, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge two_factor_requirement_enabled, cross-checked with the members that the filter 2fa_disabled lists."""
    if fact.second_factor_required is False:
        return failed("the organization does not demand a second factor")
    if fact.without_second_factor:
        return failed(f"without a second factor: {several(fact.without_second_factor)}")
    if fact.second_factor_required is None:
        return no_data("whether the organization demands a second factor was not shown")
    if fact.without_second_factor is None:
        return no_data("a second factor is demanded; which members lack one all the same was not shown")
    return passed("a second factor is demanded, and no member lacks one")
