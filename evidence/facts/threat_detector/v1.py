"""Whether a region's watch for attacks is on (GuardDuty)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatDetector(Fact):
    """`enabled` False: there is none, or it is suspended. `features`: kinds of activity that are watched."""

    KIND: ClassVar[str] = "threat_detector"
    VERSION: ClassVar[int] = 1

    enabled: bool | None = None
    features: tuple[str, ...] | None = None
