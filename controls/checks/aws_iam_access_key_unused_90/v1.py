"""Active access keys are used (CC6.2, CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.access_key.v1 import AccessKey

FACT = AccessKey
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"unused_days": 90}


def judge(fact: AccessKey, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one key by its last use, which is known to the day; a key never used counts from the day it was made."""
    if fact.active is None:
        return no_data("whether the key is active was not observed")
    if not fact.active:
        return not_applicable("the key is not active")
    days = int(parameters["unused_days"])  # type: ignore[call-overload]
    if fact.last_used is None or (fact.last_used == "" and fact.rotated is None):
        return no_data("when the key was last used was not observed")
    since = f"last used {day(fact.last_used)}" if fact.last_used else f"never used, made {day(fact.rotated or '')}"
    end = after(fact.last_used, days=days + 1) if fact.last_used else after(fact.rotated or "", days=days)
    if now >= end:
        return failed(f"{since}; unused for {days} days since {day(end)}")
    return passed(f"{since}; unused for {days} days from {day(end)}", end)
