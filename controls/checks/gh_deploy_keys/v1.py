"""Deploy keys are read-only and were used lately (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.deploy_key.v1 import DeployKey

FACT = DeployKey
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"max_unused_days": 90}


def judge(fact: DeployKey, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one key by read_only and last_used. A key that was never used counts from the day it was made."""
    if fact.read_only is False:
        return failed("may write")
    days = int(parameters["max_unused_days"])  # type: ignore[call-overload]
    counted = fact.created if fact.last_used == "" else fact.last_used
    if counted is None:
        return no_data("when the key was last used was not observed")
    said = f"made {day(counted)} and never used" if fact.last_used == "" else f"last used {day(counted)}"
    end = after(counted, days=days)
    if now >= end:
        return failed(f"{said}, unused for {days} days since {day(end)}")
    if fact.read_only is None:
        return no_data("whether the key may write was not observed")
    return passed(f"only reads; {said}", end)
