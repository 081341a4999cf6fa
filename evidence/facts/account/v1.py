"""An account that somebody or something signs in with (IAM user, organization member, identity-provider user)."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Fact):
    """`console_access`: can sign in interactively with a password of this system. `mfa`: a second factor is active.
    `last_sign_in`: last interactive sign-in, None when unknown, "" when the vendor says never."""

    KIND: ClassVar[str] = "account"
    VERSION: ClassVar[int] = 1

    email: str = ""
    console_access: bool | None = None
    mfa: bool | None = None
    created: str | None = None
    last_sign_in: str | None = None
    enabled: bool | None = None
    administrator: bool | None = None
