"""A virtual disk."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition
from evidence.facts.tag import Tag


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Volume(Fact):
    """`attached_to`: machines that use it, sorted; empty when none does."""

    KIND: ClassVar[str] = "volume"
    VERSION: ClassVar[int] = 1

    encrypted: bool | None = None
    attached_to: tuple[str, ...] = ()
    tags: tuple[Tag, ...] | None = None
