"""A way to prove oneself that the identity provider offers to everybody."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticator(Fact):
    """`key`: the provider's own name (`phone_number`, `webauthn`). `allowed_for`: any, sso, recovery or none; "" where the provider has no
    such choice for it, which means any; None when unknown."""

    KIND: ClassVar[str] = "authenticator"
    VERSION: ClassVar[int] = 1

    key: str = ""
    active: bool | None = None
    allowed_for: str | None = None
