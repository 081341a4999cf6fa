"""Something that has to be scanned for weaknesses, and when it last was with success."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedAsset(Fact):
    """`asset`: host, image or repository. `in_scope`: whether it belongs to the system. `last_scanned`: instant of the last successful
    scan, "" when there never was one."""

    KIND: ClassVar[str] = "scanned_asset"
    VERSION: ClassVar[int] = 1

    asset: str | None = None
    in_scope: bool | None = None
    last_scanned: str | None = None
    tool: str = ""
