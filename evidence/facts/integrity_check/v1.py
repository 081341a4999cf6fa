"""The last look whether what is stored is still what was written."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityCheck(Fact):
    """`subject` is the dataset. `checked`: instant, "" when it never was. `intact`: whether checksums or the consistency check agreed.
    `method`: how it was looked at; `items`: how many things were compared."""

    KIND: ClassVar[str] = "integrity_check"
    VERSION: ClassVar[int] = 1

    checked: str | None = None
    intact: bool | None = None
    method: str = ""
    items: int | None = None
