"""Whether a region's collection of security findings is on (Security Hub)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsHub(Fact):
    """`since`: when it was switched on."""

    KIND: ClassVar[str] = "findings_hub"
    VERSION: ClassVar[int] = 1

    enabled: bool | None = None
    since: str | None = None
