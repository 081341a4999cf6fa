"""GuardDuty is on in every region (CC6.8, CC7.1, CC7.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.threat_detector.v1 import ThreatDetector

FACT = ThreatDetector
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: ThreatDetector, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one region by its detector's status."""
    if fact.enabled is None:
        return no_data("the region's detector was not observed")
    return passed("the detector is on") if fact.enabled else failed("no detector is on")
