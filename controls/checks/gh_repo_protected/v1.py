"""The effective rules of the default branch demand a pull request (CC8.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.branches import set_aside
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.branch_rules.v1 import BranchRules

FACT = BranchRules
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: BranchRules, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge the union of classic protection and active rulesets."""
    if (aside := set_aside(fact)) is not None:
        return aside
    if fact.pull_request_required is None:
        return no_data("not every source of branch rules could be read")
    if fact.pull_request_required:
        sources = ", ".join(each.name for each in fact.sources if each.demands_pull_request)
        return passed(f"{fact.branch} demands a pull request ({sources})")
    return failed(f"{fact.branch} can be pushed to without a pull request")
