"""An identity to which a cloud account grants permissions: user, role, or a workforce user or group of single sign-on."""

from dataclasses import dataclass
from typing import ClassVar

from evidence.facts.fact import Fact, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Principal(Fact):
    """`form`: user, role, workforce_user or workforce_group. `attached_policies` and `inline_policies` are held directly;
    `groups` and `permission_sets` are what it holds others through. `administers_through` names every way in which it may do
    everything (the vendor's AdministratorAccess, or a policy that allows every action on every resource); None when
    that could not be read whole. `service_linked`: made and bounded by the vendor for one of its services."""

    KIND: ClassVar[str] = "principal"
    VERSION: ClassVar[int] = 1

    form: str
    attached_policies: tuple[str, ...] | None = None
    inline_policies: tuple[str, ...] | None = None
    groups: tuple[str, ...] = ()
    permission_sets: tuple[str, ...] = ()
    administers_through: tuple[str, ...] | None = None
    service_linked: bool = False
