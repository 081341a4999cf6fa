"""Whether the credential of a connected account may call what the checks need."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingOperation(Part):
    """One refused operation and the checks that are blind for it."""

    operation: str
    checks: tuple[str, ...] = ()


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessScope(Fact):
    """Subject is the source. `missing`: operations that were refused at the last reading and that enabled checks need; `read`: whether any
    stream was read yet, None when nobody has tried."""

    KIND: ClassVar[str] = "access_scope"
    VERSION: ClassVar[int] = 1

    vendor: str
    read: bool | None = None
    missing: tuple[MissingOperation, ...] = ()
