"""The roster of a personnel system as a whole: how many people it holds, and on which day it was last read to the end."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Roster(Fact):
    """`read_day`: the UTC day of the latest whole reading, as `2026-03-01`. `active`: people employed, engaged or on leave; `people`: all
    records, those who left included. `active_before`: how many were active at the whole reading of `before_day`, the latest that is at
    least a week older (else the oldest known); None when there is none yet."""

    KIND: ClassVar[str] = "roster"
    VERSION: ClassVar[int] = 1

    read_day: str = ""
    people: int | None = None
    active: int | None = None
    active_before: int | None = None
    before_day: str = ""
