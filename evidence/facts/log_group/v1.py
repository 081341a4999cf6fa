"""A place where logs are gathered and kept for a time (CloudWatch Logs group)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroup(Fact):
    """`retention_days`: 0 when entries are kept for ever. `key`: the customer's encryption key, "" for the vendor's."""

    KIND: ClassVar[str] = "log_group"
    VERSION: ClassVar[int] = 1

    retention_days: int | None = None
    key: str | None = None
    tier: str = ""
