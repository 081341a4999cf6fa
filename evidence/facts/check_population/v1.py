"""Whether anybody falls under the claim of a check."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPopulation(Fact):
    """Subject is the check. `empty` is None while the check could not look; `explained`: a person signed why there is nobody."""

    KIND: ClassVar[str] = "check_population"
    VERSION: ClassVar[int] = 1

    empty: bool | None = None
    explained: bool = False
