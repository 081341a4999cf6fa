"""Whether a region's record of configuration changes is kept (AWS Config)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecorder(Fact):
    """`exists`: a recorder is set up; `last_status`: of its last delivery, in the vendor's words, in upper case."""

    KIND: ClassVar[str] = "change_recorder"
    VERSION: ClassVar[int] = 1

    exists: bool
    recording: bool | None = None
    last_status: str | None = None
    everything: bool | None = None
