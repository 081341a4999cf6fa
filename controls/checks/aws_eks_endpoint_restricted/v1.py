"""The public endpoint is off or open to named ranges only (CC6.6)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.network import RangeError, is_world
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.kubernetes_cluster.v1 import KubernetesCluster

FACT = KubernetesCluster
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: KubernetesCluster, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """No public endpoint, or one whose ranges together are not the world. No range given means 0.0.0.0/0, as EKS defaults to it."""
    if fact.public_endpoint is None:
        return no_data("its endpoint access was not observed")
    if not fact.public_endpoint:
        return passed("has no public endpoint")
    if fact.public_ranges is None:
        return no_data("who may reach its public endpoint was not observed")
    try:
        if not fact.public_ranges or is_world(fact.public_ranges):
            return failed("its public endpoint is open to the world")
    except RangeError as error:
        return no_data(str(error))
    return passed(f"its public endpoint is open to {', '.join(fact.public_ranges)} only")
