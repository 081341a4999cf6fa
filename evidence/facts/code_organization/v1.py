"""The settings of an organization that keeps source code (GitHub organization): what holds for everybody in it."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOrganization(Fact):
    """`second_factor_required`: nobody can be a member without a second factor. `without_second_factor`: logins of members who
    have none all the same. `base_permission`: what every member may do in every repository (none, read, write, admin).
    `plan`: the vendor's word for what was bought."""

    KIND: ClassVar[str] = "code_organization"
    VERSION: ClassVar[int] = 1

    second_factor_required: bool | None = None
    without_second_factor: tuple[str, ...] | None = None
    base_permission: str | None = None
    members_can_create_public_repositories: bool | None = None
    members_can_invite_outside_collaborators: bool | None = None
    plan: str | None = None
