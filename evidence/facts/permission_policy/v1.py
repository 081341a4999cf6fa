"""A policy written by the customer that grants permissions to identities."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionPolicy(Fact):
    """`form`: managed (stands alone, can be attached) or inline (part of one user, group or role). `attached`: some identity has it.
    `document`: the policy in force as JSON text with sorted keys, None when it could not be read."""

    KIND: ClassVar[str] = "permission_policy"
    VERSION: ClassVar[int] = 1

    form: str
    attached: bool | None = None
    document: str | None = None
