"""Forced pushes to the default branch and its deletion are blocked (CC8.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.branches import set_aside
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.branch_rules.v1 import BranchRules

FACT = BranchRules
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: BranchRules, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge the rules non_fast_forward and deletion, or their switches in classic protection."""
    if (aside := set_aside(fact)) is not None:
        return aside
    open_to = [what for what, blocked in (("rewritten", fact.force_push_blocked), ("deleted", fact.deletion_blocked)) if blocked is False]
    if open_to:
        return failed(f"{fact.branch} can be {' and '.join(open_to)}")
    if fact.force_push_blocked is None or fact.deletion_blocked is None:
        return no_data("not every source of branch rules could be read")
    return passed(f"{fact.branch} can be neither rewritten nor deleted")
