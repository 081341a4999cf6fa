"""A weakness that static analysis found in own code (code scanning alert)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAlert(Fact):
    """`state`: open, dismissed or fixed. `severity`: critical, high, medium or low; empty when the rule has no security severity.
    `dismissed_reason` is empty when none was given."""

    KIND: ClassVar[str] = "code_alert"
    VERSION: ClassVar[int] = 1

    repository: str
    repository_name: str
    rule: str = ""
    tool: str = ""
    severity: str | None = None
    state: str | None = None
    created: str | None = None
    closed: str | None = None
    dismissed_by: str | None = None
    dismissed_reason: str = ""
