"""The effective rules demand an approval that further pushes cannot outlive (CC8.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.branches import set_aside
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.branch_rules.v1 import BranchRules

FACT = BranchRules
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"minimum": 1}


def judge(fact: BranchRules, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge required_approving_review_count with dismissal of stale approvals or approval of the last push."""
    if (aside := set_aside(fact)) is not None:
        return aside
    least = int(parameters["minimum"])  # type: ignore[call-overload]
    approvals = fact.approvals or 0
    fresh = True in (fact.stale_approvals_dismissed, fact.last_push_approval_required)
    if approvals < least and fact.sources_complete:
        return failed(f"{approvals} approvals are demanded, fewer than {least}")
    if not fresh and fact.sources_complete:
        return failed("an approval stays valid when further commits are pushed")
    if approvals < least or not fresh:
        return no_data("not every source of branch rules could be read")
    how = "dismissed when further commits are pushed" if fact.stale_approvals_dismissed else "must be of the last push"
    return passed(f"{approvals} approvals are demanded, and {how}")
