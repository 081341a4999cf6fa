"""Nobody outside the emergency list may merge into the default branch without a pull request (CC8.1, CC5.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.branches import set_aside
from controls.checks.shared.listings import several
from controls.checks.shared.registers import entered
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.branch_rules.v1 import BranchRules

FACT = BranchRules
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"break_glass": []}


def judge(fact: BranchRules, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge what holds in effect: where one source of rules binds everybody, bypassing another one leads nowhere."""
    if (aside := set_aside(fact)) is not None:
        return aside
    allowed: list[str] = parameters["break_glass"]  # type: ignore[assignment]
    demanding = [each for each in fact.sources if each.demands_pull_request]
    loose: list[str] = []
    unknown = False
    for source in demanding:
        if source.bypassers is None:
            unknown = True
            continue
        beyond = [who for who in source.bypassers if not entered(who, allowed)]
        if not beyond:
            listed = f" except {several(source.bypassers)}, who are on the emergency list" if source.bypassers else ""
            return passed(f"{source.name} binds everybody{listed}")
        loose += beyond
    if unknown or not fact.sources_complete:
        return no_data("who may bypass the rules was not shown")
    if not demanding:
        return failed(f"{fact.branch} demands no pull request of anybody")
    return failed(f"may bypass the rules of {fact.branch}: {several(loose)}")
