"""The world reaches neither SSH nor RDP through the security group (CC6.6)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.firewalls import judge_ports
from controls.outcomes import Judgement
from evidence.facts.firewall.v1 import Firewall

FACT = Firewall
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"ports": ["22", "3389"]}


def judge(fact: Firewall, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Inbound TCP rules of both families, port ranges and protocol -1 included, taken together over all rules."""
    return judge_ports(fact, parameters["ports"])  # type: ignore[arg-type]
