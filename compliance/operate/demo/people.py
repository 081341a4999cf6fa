"""The demo company's members and who owns what."""

from dataclasses import dataclass

from compliance.members.models import Membership, User
from compliance.members.roles import Role
from compliance.trail.action import action
from compliance.trail.actor import OPERATOR
from compliance.trail.names import ActionName
from controls.services.controls import _assign_areas

PASSWORD = "a plumb line hangs true"


@dataclass(frozen=True, slots=True)
class Person:
    """One login of the demo."""

    name: str
    email: str
    role: Role
    comes_to: str


CAST = (
    Person("Priya Natarajan", "priya@fernhill.example", Role.COMPLIANCE_MANAGER, "run the programme"),
    Person("Marta Lindqvist", "marta@fernhill.example", Role.ADMIN, "operate the organization: members, connections, tokens"),
    Person("Tom Okafor", "tom@fernhill.example", Role.CONTROL_OWNER, "keep own controls healthy (platform)"),
    Person("Jonas Weber", "jonas@fernhill.example", Role.CONTROL_OWNER, "keep own controls healthy (IT)"),
    Person("Elena Rossi", "elena@fernhill.example", Role.EXECUTIVE, "oversee"),
    Person("Sam Carter", "sam@fernhill.example", Role.EMPLOYEE, "do the few things asked"),
    Person("Vera Holm", "vera@fernhill.example", Role.VIEWER, "look"),
)
OPERATOR_EMAIL = "operator@fernhill.example"
OWNED = {
    "tom@fernhill.example": {"change", "operations", "network", "availability", "data"},
    "jonas@fernhill.example": {"access", "devices", "people"},
    "priya@fernhill.example": {"governance", "vendor", "privacy"},
}


def hire() -> dict[str, Membership]:
    """Users and memberships, in the organization in scope. Returns memberships by e-mail address."""
    members: dict[str, Membership] = {}
    with action(ActionName.DEMO_SEEDED, actor=OPERATOR, detail={"members": len(CAST)}):
        for person in CAST:
            user = User.objects.filter(email=person.email).first() or User.objects.create_user(person.email, PASSWORD, name=person.name)
            members[person.email] = Membership.objects.create(user=user, role=person.role)
    if not User.objects.filter(email=OPERATOR_EMAIL).exists():
        User.objects.create_user(OPERATOR_EMAIL, PASSWORD, name="Operator", is_operator=True)
    return members


def share_out(members: dict[str, Membership]) -> None:
    """Give each area's controls an owner; what is left has none, as in life."""
    with action(ActionName.CONTROL_ASSIGNED, actor=OPERATOR, detail={"demo": True}):
        for email, areas in OWNED.items():
            _assign_areas(areas, members[email])


def logins(address: str) -> str:
    """What `make demo` prints."""
    width = max(len(person.email) for person in CAST)
    lines = [f"  {person.email:<{width}}  {person.role.value.replace('_', ' '):<18}  {person.comes_to}" for person in CAST]
    lines.append(f"  {OPERATOR_EMAIL:<{width}}  {'operator':<18}  host the installation ({address}/instance/)")
    return "\n".join([f"Logins, all with the password: {PASSWORD}", *lines]) + "\n"
