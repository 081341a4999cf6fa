"""Whether a sample of what is kept verifies: facts, raw answers, places in the log."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSample(Fact):
    """Subject is the organization's store. `checked`: there was something sealed to check; `broken`: what did not verify and why, sorted."""

    KIND: ClassVar[str] = "evidence_sample"
    VERSION: ClassVar[int] = 1

    checked: bool | None = None
    broken: tuple[str, ...] = ()
