"""A known weakness in something that the code depends on (Dependabot alert)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyAlert(Fact):
    """`state`: open, dismissed, auto_dismissed or fixed. `dismissed_reason` is empty when none was given."""

    KIND: ClassVar[str] = "dependency_alert"
    VERSION: ClassVar[int] = 1

    repository: str
    repository_name: str
    package: str = ""
    advisory: str = ""
    severity: str | None = None
    state: str | None = None
    created: str | None = None
    closed: str | None = None
    dismissed_by: str | None = None
    dismissed_reason: str = ""
