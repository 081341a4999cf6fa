"""A group of machines that grows and shrinks by itself."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition
from evidence.facts.tag import Tag


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingGroup(Fact):
    """`zones`: availability zones it may start machines in, sorted."""

    KIND: ClassVar[str] = "scaling_group"
    VERSION: ClassVar[int] = 1

    zones: tuple[str, ...] | None = None
    minimum: int | None = None
    maximum: int | None = None
    tags: tuple[Tag, ...] | None = None
