"""A token of the identity provider's own programming interface, which acts with all rights of its owner."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityToken(Fact):
    """`owner`: subject of the `identity`. `last_used`: the day of the last use (its midnight), None when unknown. `restricted`: works from
    named networks only. The owner's `owner_status` and `owner_roles` are None when they were not allowed to be read; the status is
    "" when there is no such user."""

    KIND: ClassVar[str] = "identity_token"
    VERSION: ClassVar[int] = 1

    owner: str = ""
    created: str | None = None
    last_used: str | None = None
    restricted: bool | None = None
    networks: tuple[str, ...] | None = None
    owner_status: str | None = None
    owner_roles: tuple[str, ...] | None = None
