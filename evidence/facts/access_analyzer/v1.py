"""Whether a region's watch over access from outside is on (IAM Access Analyzer)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessAnalyzer(Fact):
    """`active`: names of analyzers that work; `other`: those that exist in another state, as name and state."""

    KIND: ClassVar[str] = "access_analyzer"
    VERSION: ClassVar[int] = 1

    active: tuple[str, ...] | None = None
    other: tuple[str, ...] = ()
