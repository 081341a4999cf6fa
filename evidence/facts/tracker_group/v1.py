"""A group of the ticket tracker."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerGroup(Fact):
    """`members` are subjects of `tracker_user`, disabled ones included. `administers`: the group gives the rights of a site administrator,
    by the names that the connection was told."""

    KIND: ClassVar[str] = "tracker_group"
    VERSION: ClassVar[int] = 1

    members: tuple[str, ...] | None = None
    administers: bool | None = None
