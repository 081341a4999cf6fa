"""A repository of container images."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRule(Part):
    """One rule: `frequency` SCAN_ON_PUSH, CONTINUOUS_SCAN or MANUAL; `filters`: repository names with `*` for anything."""

    frequency: str
    filters: tuple[str, ...]


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRepository(Fact):
    """`scan_on_push`: the repository's own switch. `scanner`: BASIC or ENHANCED, of the whole registry;
    `scan_rules`: the registry's rules."""

    KIND: ClassVar[str] = "image_repository"
    VERSION: ClassVar[int] = 1

    scan_on_push: bool | None = None
    scanner: str | None = None
    scan_rules: tuple[ScanRule, ...] | None = None
