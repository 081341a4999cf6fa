"""The effective rules of the default branch demand a status check (CC8.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.branches import set_aside
from controls.checks.shared.listings import several
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.branch_rules.v1 import BranchRules

FACT = BranchRules
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: BranchRules, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge required_status_checks of all sources together."""
    if (aside := set_aside(fact)) is not None:
        return aside
    if fact.required_checks:
        return passed(f"must succeed before a merge: {several(fact.required_checks)}")
    if fact.required_checks is None:
        return no_data("not every source of branch rules could be read")
    return failed(f"no check must succeed before a merge into {fact.branch}")
