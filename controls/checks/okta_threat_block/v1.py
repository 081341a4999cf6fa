"""ThreatInsight blocks (CC6.6, CC6.8)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.threat_setting.v1 import ThreatSetting

FACT = ThreatSetting
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}
SAID = {"none": "nothing is done about them", "audit": "they are only logged"}


def judge(fact: ThreatSetting, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge the one setting."""
    if fact.action == "block":
        return passed("they are blocked")
    if fact.action in SAID:
        return failed(SAID[fact.action])
    return no_data("what is done about them was not observed, or is said in a way that is not known")
