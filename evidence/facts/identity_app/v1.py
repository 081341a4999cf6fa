"""An application that people reach through the identity provider."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityApp(Fact):
    """`key`: the provider's own name of the integration. `sign_on_mode` and `status` in lower case. `features`: what is provisioned, in
    the provider's words and in order; empty without provisioning, None when unknown. `access_policy`: id of the sign-on policy in
    force, "" when the provider names none. People are counted: `assigned` in all, `assigned_directly` one by one rather than through
    a group; `groups` are ids of the groups, in order. The counts are None where assignments were not read."""

    KIND: ClassVar[str] = "identity_app"
    VERSION: ClassVar[int] = 1

    key: str = ""
    sign_on_mode: str | None = None
    status: str | None = None
    created: str | None = None
    features: tuple[str, ...] | None = None
    access_policy: str | None = None
    assigned: int | None = None
    assigned_directly: int | None = None
    groups: tuple[str, ...] | None = None
