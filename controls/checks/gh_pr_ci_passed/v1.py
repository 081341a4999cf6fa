"""The checks that are required had succeeded on the merged commit (CC8.1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controls.checks.shared.changes import set_aside
from controls.checks.shared.listings import several
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.branch_rules.v1 import BranchRules
from evidence.facts.change.v1 import Change
from evidence.facts.fact import Fact

FACT = Change
OTHERS: tuple[type, ...] = (BranchRules,)
PARAMETERS: Mapping[str, object] = {"required_checks": [], "accepted": ["success"], "required_since": "", "branches": []}


def judge(fact: Change, parameters: Mapping[str, object], now: datetime, others: Mapping[str, Sequence[Fact]]) -> Judgement:
    """Judge one merged pull request by the check runs and statuses of its last commit."""
    if (aside := set_aside(fact, parameters)) is not None:
        return aside
    since = str(parameters["required_since"])
    if since and fact.merged < since:
        return not_applicable(f"was merged before {since}")
    required, whole = _required(fact, parameters, others)
    if fact.checks is None:
        return no_data("the results of its checks were not shown")
    results = {each.name: each.conclusion for each in fact.checks}
    wrong = [f"{name} ({results.get(name, 'did not run') or 'did not end'})" for name in required if not _good(results, name, parameters)]
    if wrong:
        return failed(f"required checks had not succeeded: {several(wrong)}")
    if not whole:
        return no_data("which checks are required is not known")
    if not required:
        return not_applicable("no check is required there")
    return passed(f"had succeeded: {several(required)}")


def _required(fact: Change, parameters: Mapping[str, object], others: Mapping[str, Sequence[Fact]]) -> tuple[list[str], bool]:
    """Names of the required checks, and whether these are all."""
    if parameters["required_checks"]:
        return list(parameters["required_checks"]), True  # type: ignore[call-overload]
    rules = next((each for each in others[BranchRules.KIND] if each.subject == fact.repository and isinstance(each, BranchRules)), None)
    if rules is None:
        return [], False
    return list(rules.required_checks or ()), rules.sources_complete


def _good(results: Mapping[str, str], name: str, parameters: Mapping[str, object]) -> bool:
    return results.get(name) in parameters["accepted"]  # type: ignore[operator]
