"""No enabled region is left out of reading (completeness)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.region.v1 import Region

FACT = Region
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Region, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one region by whether the account can use it and the connection reads it."""
    if fact.enabled is None or fact.read is None:
        return no_data("whether the region is enabled and read was not observed")
    if not fact.enabled:
        return not_applicable("not enabled for the account")
    return passed("read") if fact.read else failed("enabled, and left out by the connection's settings")
