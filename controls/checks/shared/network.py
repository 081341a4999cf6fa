"""Address ranges and ports as firewalls write them: is this the world, which ports does it reach.

A list of ranges is the world when together they reach at least half of all public addresses of one family, so that
0.0.0.0/1 with 128.0.0.0/1, or "everything but the private networks", is seen for what it is. No organization owns half.
IPv6 is measured inside 2000::/3, the only part of it that is handed out (RFC 4291, IANA registry of IPv6 global unicast space).
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PORT_LAST = 65535
ALL_PROTOCOLS = frozenset({"-1", "all"})
_NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")


class RangeError(ValueError):
    """A text that is no address range."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One inbound permission: protocol as the vendor writes it, first and last port (None: all), and its ranges.
    `ranges` None means that the ranges behind it are unknown (a prefix list that could not be read)."""

    protocol: str
    first: int | None
    last: int | None
    ranges: tuple[str, ...] | None


def is_world(ranges: Iterable[str]) -> bool:
    """Whether the union of CIDR texts reaches at least half of public IPv4 or IPv6. Raises RangeError for a text that is no range."""
    families: dict[int, list] = {4: [], 6: []}
    for text in ranges:
        network = _network(text)
        families[network.version].append(network)
    return _share_v4(families[4]) or _share_v6(families[6])


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise RangeError(f"{text!r} is no address range") from error


def _share_v4(networks: list[ipaddress.IPv4Network]) -> bool:
    return sum(each.num_addresses for each in ipaddress.collapse_addresses(networks)) >= 2**31


def _share_v6(networks: list[ipaddress.IPv6Network]) -> bool:
    covered = 0
    for each in ipaddress.collapse_addresses(networks):
        if each.supernet_of(_PUBLIC_V6):
            return True
        if each.subnet_of(_PUBLIC_V6):
            covered += each.num_addresses
    return covered >= _PUBLIC_V6.num_addresses // 2


def protocol_name(text: str) -> str:
    """Lower-case protocol name: `6` is `tcp`, `-1` and `all` are `-1`."""
    name = text.strip().lower()
    return "-1" if name in ALL_PROTOCOLS else _NUMBERS.get(name, name)


def reaches(opening: Opening, protocol: str, port: int) -> bool:
    """Whether an opening lets `protocol` (`tcp` or `udp`) through to `port`. Protocol -1 reaches everything."""
    name = protocol_name(opening.protocol)
    if name == "-1":
        return True
    if name != protocol:
        return False
    first = 0 if opening.first is None or opening.first < 0 else opening.first
    last = PORT_LAST if opening.last is None or opening.last < 0 else opening.last
    return first <= port <= last


def world_reaches(openings: Sequence[Opening], protocol: str, port: int) -> bool | None:
    """Whether the openings together let the world through to the port. None when unknown ranges could make it so."""
    relevant = [each for each in openings if reaches(each, protocol, port)]
    if is_world(text for each in relevant for text in each.ranges or ()):
        return True
    return None if any(each.ranges is None for each in relevant) else False


def world_ports(openings: Sequence[Opening], protocol: str) -> tuple[tuple[int, int], ...]:
    """The port spans of `protocol` that the openings together show to the world, joined and ascending."""
    edges = {0, PORT_LAST + 1}
    for each in openings:
        ends = (each.first, None if each.last is None else each.last + 1)
        edges.update(edge for edge in ends if edge is not None and 0 <= edge <= PORT_LAST)
    spans: list[tuple[int, int]] = []
    starts = sorted(edges)
    for start, end in zip(starts, starts[1:], strict=False):
        if not world_reaches(openings, protocol, start):
            continue
        if spans and spans[-1][1] + 1 == start:
            spans[-1] = (spans[-1][0], end - 1)
        else:
            spans.append((start, end - 1))
    return tuple(spans)


def world_reaches_everything(openings: Sequence[Opening]) -> bool:
    """Whether the world reaches every port of TCP or of UDP (protocol -1, 0-65535, 1-65535, or spans that add up to that)."""
    return any(first <= 1 and last == PORT_LAST for protocol in ("tcp", "udp") for first, last in world_ports(openings, protocol))
