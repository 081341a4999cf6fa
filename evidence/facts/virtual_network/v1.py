"""A private network (a VPC)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLog(Part):
    """One log of traffic: `status` as the vendor writes it (ACTIVE), `delivery`: SUCCESS, FAILED or empty,
    `traffic`: ALL, ACCEPT or REJECT."""

    name: str
    status: str
    delivery: str = ""
    traffic: str = ""
    target: str = ""


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualNetwork(Fact):
    """`default`: made by the vendor with the account. `flow_logs`: logs of the whole network's traffic; None when not observed."""

    KIND: ClassVar[str] = "virtual_network"
    VERSION: ClassVar[int] = 1

    default: bool = False
    flow_logs: tuple[FlowLog, ...] | None = None
