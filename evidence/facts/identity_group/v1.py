"""A group of the identity provider."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityGroup(Fact):
    """`group_type` in lower case (`okta_group`, `app_group`, `built_in`). `member_count` is None where members were not read; who is in
    it stands with each identity."""

    KIND: ClassVar[str] = "identity_group"
    VERSION: ClassVar[int] = 1

    group_type: str | None = None
    created: str | None = None
    membership_changed: str | None = None
    member_count: int | None = None
