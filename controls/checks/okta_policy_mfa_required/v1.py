"""Rules of sign-on demand two factors (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.sign_on_rule.v1 import SignOnRule

FACT = SignOnRule
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"excluded_groups": []}


def judge(fact: SignOnRule, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one rule that is in force."""
    if fact.active is False or fact.policy_active is False:
        return not_applicable("is not in force")
    if fact.access == "deny":
        return passed("lets nobody in")
    excluded = {str(each) for each in parameters["excluded_groups"]}  # type: ignore[attr-defined]
    if fact.groups and excluded.issuperset(fact.groups):
        return not_applicable("is limited to groups that are left out")
    if fact.active is None or fact.policy_active is None:
        return no_data("whether the rule is in force was not observed")
    if fact.factors is None or fact.access is None:
        return no_data("what the rule demands was not observed, or is said in a way that is not known")
    if fact.factors >= 2:
        return passed(f"demands {fact.factors} factors")
    return failed("lets people in with one factor")
