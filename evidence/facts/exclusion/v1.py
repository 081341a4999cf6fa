"""A failing check that somebody decided to live with for a while."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(Fact):
    """Subject is the waiver. `covers` is the subject's name, or "everything"; `owners` are those who answer for the controls that the check
    decides; `until` is its end, `ended` whether it was ended before."""

    KIND: ClassVar[str] = "exclusion"
    VERSION: ClassVar[int] = 1

    check: str
    covers: str = ""
    reasoned: bool = False
    approved_by: str = ""
    owners: tuple[str, ...] = ()
    from_at: str | None = None
    until: str | None = None
    ended: bool = False
