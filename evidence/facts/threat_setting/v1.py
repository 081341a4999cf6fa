"""What the identity provider does with sign-ins from addresses that it knows to attack."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatSetting(Fact):
    """`action`: none, audit or block. `exempt_zones`: ids of zones left out, in order."""

    KIND: ClassVar[str] = "threat_setting"
    VERSION: ClassVar[int] = 1

    action: str | None = None
    exempt_zones: tuple[str, ...] | None = None
