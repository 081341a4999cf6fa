"""An analyzer of access from outside is active in every region (CC6.1, CC7.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.access_analyzer.v1 import AccessAnalyzer

FACT = AccessAnalyzer
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: AccessAnalyzer, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one region by its analyzers of external access."""
    if fact.active is None:
        return no_data("the region's analyzers were not observed")
    if fact.active:
        return passed(f"active: {', '.join(fact.active)}")
    return failed(f"no active analyzer ({', '.join(fact.other)})" if fact.other else "no analyzer")
