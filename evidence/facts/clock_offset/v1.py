"""How far our clock and a vendor's are apart."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOffset(Fact):
    """Subject is the source. `seconds`: the median distance of the last run between the vendor's Date and our own time, rounded down to
    steps of five, None when the vendor sends no time."""

    KIND: ClassVar[str] = "clock_offset"
    VERSION: ClassVar[int] = 1

    vendor: str
    seconds: int | None = None
