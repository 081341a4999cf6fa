"""Control totals agree or are explained within days (PI1.4)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts import instants
from evidence.facts.reconciliation.v1 import Reconciliation

FACT = Reconciliation
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"days": 5}


def judge(fact: Reconciliation, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one comparison of control totals."""
    if fact.input_total is None or fact.output_total is None:
        return no_data("a total is missing")
    if fact.input_total == fact.output_total:
        return passed(f"{fact.input_total} {fact.unit}".strip() + " on both sides")
    difference = f"{fact.input_total} in, {fact.output_total} out"
    if fact.compared is None:
        return (
            passed(f"{difference}; explained: {fact.explanation}")
            if fact.explanation
            else no_data(f"{difference}; since when is not known")
        )
    end = after(fact.compared, days=int(parameters["days"]))  # type: ignore[call-overload]
    if fact.explanation:
        if fact.explained and instants.from_text(fact.explained) > end:
            return failed(f"{difference}; explained on {day(fact.explained)}, due on {day(end)}")
        return passed(f"{difference}; explained: {fact.explanation}")
    if fact.explanation is None:
        return no_data(f"{difference}; whether it is explained is not known")
    said = f"{difference} on {day(fact.compared)}, to be explained by {day(end)}"
    return failed(said) if now >= end else passed(said, end)
