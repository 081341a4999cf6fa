"""What happens to new virtual disks of one region of an account."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeDefault(Fact):
    """`encrypted`: new disks are encrypted without anybody asking."""

    KIND: ClassVar[str] = "volume_default"
    VERSION: ClassVar[int] = 1

    encrypted: bool | None = None
