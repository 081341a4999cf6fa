"""Load balancers write access logs (CC7.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.load_balancer.v1 import LoadBalancer

FACT = LoadBalancer
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: LoadBalancer, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """access_logs.s3.enabled is true."""
    if fact.form == "gateway":
        return not_applicable("a gateway load balancer has no access log")
    if fact.access_log is None:
        return no_data("whether requests are logged was not observed")
    return passed("requests are logged") if fact.access_log else failed("requests are not logged")
