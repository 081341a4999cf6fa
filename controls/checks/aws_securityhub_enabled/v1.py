"""Security Hub is on in every region (CC7.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.findings_hub.v1 import FindingsHub

FACT = FindingsHub
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: FindingsHub, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one region by whether the account is subscribed."""
    if fact.enabled is None:
        return no_data("whether the hub is on was not observed")
    return passed("the hub is on") if fact.enabled else failed("the hub is off")
