"""Logic and parameters in force are those on record, with every change compared."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.judging_logic.v1 import JudgingLogic

FACT = JudgingLogic
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: JudgingLogic, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one check."""
    if fact.in_force is False:
        return failed("the logic or parameters that judge now are not those on record")
    silent = [each for each in fact.changes if not each.compared]
    if silent:
        return failed(f"changed on {(silent[0].at or 'an unknown day')[:10]} without results before and after on the same data")
    unsaid = [each for each in fact.changes if not each.reasoned]
    if unsaid:
        return failed(f"changed on {(unsaid[0].at or 'an unknown day')[:10]} without a reason")
    if fact.in_force is None:
        return no_data("no version of the logic is on record")
    changed = f"{len(fact.changes)} changes, each with reason and comparison" if fact.changes else "unchanged since it was adopted"
    return passed(f"logic version {fact.version}, {changed}")
