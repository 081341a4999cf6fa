"""Internet-facing application load balancers have a Web ACL (CC6.6, CC6.8)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.load_balancer.v1 import LoadBalancer

FACT = LoadBalancer
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: LoadBalancer, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """A Web ACL is associated with the internet-facing application load balancer."""
    if fact.form != "application":
        return not_applicable(f"a {fact.form} load balancer, which takes no web firewall")
    if fact.internet_facing is None:
        return no_data("whether it faces the internet was not observed")
    if not fact.internet_facing:
        return not_applicable("does not face the internet")
    if fact.web_firewall is None:
        return no_data("whether a web firewall stands before it was not observed")
    return passed(f"protected by {fact.web_firewall}") if fact.web_firewall else failed("no web firewall stands before it")
