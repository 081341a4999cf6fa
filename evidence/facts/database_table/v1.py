"""A table of a key-value database (DynamoDB)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseTable(Fact):
    """`continuous_backup`: any second of the recent past can be restored."""

    KIND: ClassVar[str] = "database_table"
    VERSION: ClassVar[int] = 1

    continuous_backup: bool | None = None
