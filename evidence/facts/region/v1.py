"""A region of a cloud account."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Region(Fact):
    """`enabled`: the account can use it. `read`: this connection reads it (it was not left out by the connection's settings)."""

    KIND: ClassVar[str] = "region"
    VERSION: ClassVar[int] = 1

    enabled: bool | None = None
    opt_in: str = ""
    read: bool | None = None
