"""The vendor's Date header and our clock agree."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.clock_offset.v1 import ClockOffset

FACT = ClockOffset
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"max_seconds": 5}


def judge(fact: ClockOffset, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one vendor."""
    if fact.seconds is None:
        return no_data("the vendor sends no time")
    most = int(parameters["max_seconds"])  # type: ignore[call-overload]
    if fact.seconds >= most:
        return failed(f"at least {fact.seconds} seconds apart")
    return passed(f"less than {fact.seconds + 5} seconds apart")
