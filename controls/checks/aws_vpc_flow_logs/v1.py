"""Every network has an active flow log (CC7.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.virtual_network.v1 import VirtualNetwork

FACT = VirtualNetwork
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: VirtualNetwork, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """At least one flow log of the whole network is ACTIVE and its deliveries do not fail."""
    if fact.flow_logs is None:
        return no_data("its flow logs were not observed")
    active = [each for each in fact.flow_logs if each.status == "ACTIVE"]
    if any(each.delivery != "FAILED" for each in active):
        return passed("its traffic is logged")
    if active:
        return failed("its flow log is active, but deliveries fail")
    return failed("no flow log of it is active" if fact.flow_logs else "it has no flow log")
