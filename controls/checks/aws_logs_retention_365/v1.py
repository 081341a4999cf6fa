"""Log groups keep their entries long enough (CC7.2, CC7.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.log_group.v1 import LogGroup

FACT = LogGroup
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"least_days": 365}


def judge(fact: LogGroup, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one log group by retentionInDays."""
    if fact.tier == "DELIVERY":
        return not_applicable("a delivery group only passes entries on")
    if fact.retention_days is None:
        return no_data("how long entries are kept was not observed")
    if fact.retention_days == 0:
        return passed("entries are kept without end")
    days = int(parameters["least_days"])  # type: ignore[call-overload]
    said = f"entries are kept {fact.retention_days} days"
    return passed(said) if fact.retention_days >= days else failed(f"{said}, less than {days}")
