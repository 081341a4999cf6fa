"""A long-lived key with which a program signs in as somebody (IAM access key)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey(Fact):
    """`owner`: subject of the account it belongs to. `rotated`: when it was created or last replaced. `last_used`: the UTC day of
    its last use, as that day's midnight; None when unknown, "" when the vendor says never."""

    KIND: ClassVar[str] = "access_key"
    VERSION: ClassVar[int] = 1

    owner: str
    active: bool | None = None
    rotated: str | None = None
    last_used: str | None = None
