"""What came back twice has a root cause (CC4.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.vulnerability.v1 import Vulnerability

FACT = Vulnerability
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"times": 2}


def judge(fact: Vulnerability, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one finding by how often it was closed and opened again."""
    if fact.reopened is None:
        return no_data("the list does not say how often it came back")
    if fact.reopened < int(parameters["times"]):  # type: ignore[call-overload]
        return passed("never came back" if fact.reopened == 0 else f"came back {fact.reopened} times")
    if fact.root_cause is None:
        return no_data(f"came back {fact.reopened} times; whether the cause is known is not said")
    if not fact.root_cause:
        return failed(f"came back {fact.reopened} times, without a root cause")
    return passed(f"came back {fact.reopened} times; cause: {fact.root_cause}")
