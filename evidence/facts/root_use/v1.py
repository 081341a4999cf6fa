"""When the owner identity of a cloud account was last used, by its report."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class RootUse(Fact):
    """Each instant: None when unknown, "" when the vendor says never. `last_key_use` is the later of its keys' uses."""

    KIND: ClassVar[str] = "root_use"
    VERSION: ClassVar[int] = 1

    last_sign_in: str | None = None
    last_key_use: str | None = None
