"""Refusals of input are measured and alarmed (PI1.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.input_rejects.v1 import InputRejects

FACT = InputRejects
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: InputRejects, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one input by its metric, its alarm, and whether the alarm went off when it had to."""
    if fact.metric == "":
        return failed("refusals are not measured")
    if fact.alarm is False:
        return failed("no alarm is set")
    if fact.alarm_to == "":
        return failed("the alarm reaches nobody")
    if _over(fact) and fact.alerted == "":
        return failed(
            f"{fact.rejected} of {(fact.accepted or 0) + (fact.rejected or 0)} were refused, over the threshold, and nothing alarmed"
        )
    unknown = [name for name in ("metric", "alarm", "alarm_to", "threshold_permille") if getattr(fact, name) is None]
    if unknown:
        return no_data(f"not known: {', '.join(unknown)}")
    return passed(f"alarms at {fact.threshold_permille} of 1,000, to {fact.alarm_to}")


def _over(fact: InputRejects) -> bool:
    if fact.threshold_permille is None or fact.accepted is None or fact.rejected is None:
        return False
    return fact.rejected * 1000 > fact.threshold_permille * (fact.accepted + fact.rejected)
