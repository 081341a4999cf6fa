"""Each exclusion has scope, reason, end, and an approver who is not its beneficiary."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from controls.outcomes import Judgement, failed, not_applicable, passed
from evidence.facts import instants
from evidence.facts.exclusion.v1 import Exclusion

FACT = Exclusion
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"max_days": 365}


def judge(fact: Exclusion, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one waiver."""
    if fact.ended:
        return not_applicable("ended before its time")
    start = instants.from_text(fact.from_at) if fact.from_at else None
    end = instants.from_text(fact.until) if fact.until else None
    if not fact.reasoned:
        return failed("no reason is given")
    if end is None or start is None:
        return failed("it has no end")
    if not fact.approved_by:
        return failed("nobody is named who approved it")
    if fact.approved_by in fact.owners:
        return failed(f"{fact.approved_by} approved it and owns a control that it relieves")
    longest = int(parameters["max_days"])  # type: ignore[call-overload]
    if end - start > timedelta(days=longest):
        return failed(f"it lasts until {fact.until[:10]}, longer than {longest} days")  # type: ignore[index]
    return passed(f"covers {fact.covers}, approved by {fact.approved_by}, ends {fact.until[:10]}")  # type: ignore[index]
