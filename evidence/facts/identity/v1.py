"""A user of the identity provider, also one that is suspended or deprovisioned."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Factor(Part):
    """A second factor: what it is (`webauthn`, `push`, `token:software:totp`, `sms`, …) and its state (`active`, `pending`, …)."""

    kind: str
    status: str


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Fact):
    """`status` as the provider says, in lower case; `enabled`: can sign in. Instants as text; `last_sign_in` "" when the provider says
    never. `factors` is None when they were not allowed to be read. `roles`: administrator roles, in order, None when unknown.
    `groups`: subjects of the groups, in order, None when not read."""

    KIND: ClassVar[str] = "identity"
    VERSION: ClassVar[int] = 1

    login: str = ""
    email: str = ""
    second_email: str = ""
    employee_number: str = ""
    user_type: str = ""
    status: str = ""
    enabled: bool | None = None
    created: str | None = None
    activated: str | None = None
    status_changed: str | None = None
    last_sign_in: str | None = None
    factors: tuple[Factor, ...] | None = None
    roles: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
