"""The default security group has neither inbound nor outbound rules (CC6.6)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, not_applicable, passed
from evidence.facts.firewall.v1 import Firewall

FACT = Firewall
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Firewall, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Neither inbound nor outbound rules; those that AWS puts there count, since they let members talk to each other and out."""
    if not fact.default:
        return not_applicable("not the default group of its network")
    if fact.inbound or fact.outbound:
        return failed(f"has {len(fact.inbound)} inbound and {len(fact.outbound)} outbound rule(s)")
    return passed("has no rules")
