"""The cloud account itself: exactly one of each connection, so that what must exist at least once has somebody to miss it."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountProfile(Fact):
    """`number`: the vendor's number of the account; `alias`: its name at sign-in, "" for none."""

    KIND: ClassVar[str] = "account_profile"
    VERSION: ClassVar[int] = 1

    number: str
    alias: str | None = None
