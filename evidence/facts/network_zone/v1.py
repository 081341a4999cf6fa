"""A set of network addresses that the identity provider's policies name."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkZone(Fact):
    """`zone_type` in lower case (`ip`, `dynamic`); `blocks`: whoever comes from there is refused. `ranges` are written as the owner wrote
    them, in order; None where the zone is not made of addresses."""

    KIND: ClassVar[str] = "network_zone"
    VERSION: ClassVar[int] = 1

    zone_type: str | None = None
    active: bool | None = None
    blocks: bool | None = None
    ranges: tuple[str, ...] | None = None
