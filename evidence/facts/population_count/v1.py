"""One population, counted through two independent ways of the same vendor."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationCount(Fact):
    """Subject is the source and the population. `first_only` and `second_only` name who is in one of the two only, at most twenty each, in
    order; None when one of the two was not read whole. Who changed between the two readings is left out of both. The numbers are those
    who differ."""

    KIND: ClassVar[str] = "population_count"
    VERSION: ClassVar[int] = 1

    vendor: str
    first_way: str
    second_way: str
    first_missing: int | None = None
    second_missing: int | None = None
    first_only: tuple[str, ...] | None = None
    second_only: tuple[str, ...] | None = None
