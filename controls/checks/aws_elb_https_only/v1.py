"""Every HTTP listener of an internet-facing load balancer redirects to HTTPS (CC6.7)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.listener.v1 import Listener

FACT = Listener
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Listener, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """The default action of every HTTP listener on the internet redirects to HTTPS; a redirect that keeps the protocol does not."""
    if fact.protocol != "HTTP":
        return not_applicable(f"takes {fact.protocol}, not plain HTTP")
    if fact.internet_facing is None:
        return no_data("whether its load balancer faces the internet was not observed")
    if not fact.internet_facing:
        return not_applicable("its load balancer does not face the internet")
    if fact.redirects_to == "HTTPS":
        return passed("sends callers to HTTPS")
    return failed(f"its default action is {fact.default_action or 'unknown'}{f' to {fact.redirects_to}' if fact.redirects_to else ''}")
