"""Production scaling groups span at least two availability zones (A1.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.selectors import set_aside
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.scaling_group.v1 import ScalingGroup

FACT = ScalingGroup
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"production_tags": []}


def judge(fact: ScalingGroup, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """At least two availability zones."""
    if (aside := set_aside(fact.tags, parameters, "production_tags", "production")) is not None:
        return aside
    if fact.zones is None:
        return no_data("its availability zones were not observed")
    if len(set(fact.zones)) >= 2:
        return passed(f"spans {', '.join(fact.zones)}")
    return failed(f"spans {', '.join(fact.zones) or 'no zone'} only")
