"""A copy of a virtual disk."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeSnapshot(Fact):
    """`public`: anyone may make a disk from it."""

    KIND: ClassVar[str] = "volume_snapshot"
    VERSION: ClassVar[int] = 1

    volume: str = ""
    created: str | None = None
    encrypted: bool | None = None
    public: bool | None = None
