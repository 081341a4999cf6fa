"""The world does not reach every port through the security group (CC6.6)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.firewalls import openings, standing
from controls.checks.shared.network import Opening, RangeError, world_reaches_everything
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.firewall.v1 import Firewall

FACT = Firewall
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}
WORLD = ("0.0.0.0/0",)


def judge(fact: Firewall, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Protocol -1, or all TCP or all UDP ports, from the world; rules that only together make up all ports count too."""
    rules = openings(fact)
    try:
        if world_reaches_everything(rules):
            return failed(f"the world reaches every port{standing(fact)}")
        doubtful = [Opening(each.protocol, each.first, each.last, WORLD if each.ranges is None else each.ranges) for each in rules]
        if world_reaches_everything(doubtful):
            return no_data("the ranges of a prefix list that could open every port were not observed")
    except RangeError as error:
        return no_data(str(error))
    return passed("the world does not reach every port")
