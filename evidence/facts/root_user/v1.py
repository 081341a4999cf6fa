"""The owner identity of a cloud account, which no policy can bound (AWS root user)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class RootUser(Fact):
    """`password`: it can sign in with a password at all (a member account's root may have had its credentials removed).
    `access_keys`: it has keys for programs."""

    KIND: ClassVar[str] = "root_user"
    VERSION: ClassVar[int] = 1

    mfa: bool | None = None
    password: bool | None = None
    access_keys: bool | None = None
