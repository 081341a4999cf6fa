"""A set of rules on who may reach what in a network (a security group)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallRule(Part):
    """One permission. `protocol` as the vendor writes it (-1: all), `first` and `last` port (None: all). `peer`: ipv4, ipv6,
    prefix_list or group; `source`: the range, the list's or the group's id; `ranges`: what it stands for, empty for a group, None
    when a prefix list could not be read."""

    protocol: str
    first: int | None = None
    last: int | None = None
    peer: str
    source: str
    ranges: tuple[str, ...] | None = ()


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Firewall(Fact):
    """`network`: the network it belongs to. `default`: the vendor made it with the network and it applies where nothing else is named.
    `attached`: at least one network interface uses it."""

    KIND: ClassVar[str] = "firewall"
    VERSION: ClassVar[int] = 1

    network: str = ""
    default: bool = False
    attached: bool | None = None
    inbound: tuple[FirewallRule, ...] = ()
    outbound: tuple[FirewallRule, ...] = ()
