"""A token with which a person's programs reach the organization (fine-grained personal access token)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken(Fact):
    """`owner`: login of the person. `granted`: when it was let in. `expires`: None when unknown, "" when the vendor says never.
    `last_used`: the UTC day of its last use, as that day's midnight; None when unknown, "" when never."""

    KIND: ClassVar[str] = "access_token"
    VERSION: ClassVar[int] = 1

    owner: str | None = None
    granted: str | None = None
    expires: str | None = None
    last_used: str | None = None
    permissions: tuple[str, ...] = ()
