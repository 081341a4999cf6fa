"""A suspicion raised by the watch for attacks and not yet archived (GuardDuty finding)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatFinding(Fact):
    """`severity`: in tenths of the vendor's scale of 0 to 10 (75 is 7.5). `found`: when it was first raised."""

    KIND: ClassVar[str] = "threat_finding"
    VERSION: ClassVar[int] = 1

    severity: int | None = None
    found: str | None = None
    form: str = ""
    resource: str = ""
