"""A user of the ticket tracker."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerUser(Fact):
    """`kind`: person, app or customer. `email` is None where its owner hides it. `administrator`: of the site, None when not read."""

    KIND: ClassVar[str] = "tracker_user"
    VERSION: ClassVar[int] = 1

    email: str | None = None
    kind: str = ""
    enabled: bool | None = None
    administrator: bool | None = None
    groups: tuple[str, ...] | None = None
