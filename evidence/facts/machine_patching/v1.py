"""How a running machine stands with its patches (SSM Patch Manager)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition
from evidence.facts.tag import Tag


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class MachinePatching(Fact):
    """`managed`: the patching service knows the machine. The counts are patches missing by class, None when no scan was made;
    `scanned`: UTC day of the last scan, as that day's midnight, "" for never."""

    KIND: ClassVar[str] = "machine_patching"
    VERSION: ClassVar[int] = 1

    managed: bool | None = None
    critical_missing: int | None = None
    security_missing: int | None = None
    scanned: str | None = None
    platform: str = ""
    tags: tuple[Tag, ...] | None = None
