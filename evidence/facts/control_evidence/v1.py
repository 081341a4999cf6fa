"""How fresh the evidence of a control is against its frequency."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ControlEvidence(Fact):
    """Subject is the control's code. `watched`: something that decides it is connected or it has occurrences, None: nothing; `stale_since`:
    since when the newest observation of a deciding stream is older than allowed; `stale_kinds`: those streams; `late_at`: when its next
    performance is late, in the past when it is."""

    KIND: ClassVar[str] = "control_evidence"
    VERSION: ClassVar[int] = 1

    frequency: str
    watched: bool | None = None
    stale_since: str | None = None
    stale_kinds: tuple[str, ...] = ()
    late_at: str | None = None
