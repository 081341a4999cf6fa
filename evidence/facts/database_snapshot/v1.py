"""A copy of a database that somebody took (automatic ones cannot be shared and are not listed)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSnapshot(Fact):
    """`database`: name of what was copied. `shared_with`: accounts that may restore it, sorted; `all` means anyone."""

    KIND: ClassVar[str] = "database_snapshot"
    VERSION: ClassVar[int] = 1

    database: str = ""
    form: str = "instance"
    created: str | None = None
    encrypted: bool | None = None
    shared_with: tuple[str, ...] | None = None
