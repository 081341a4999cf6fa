"""Roles of members and what each may do: one table, read by pages, API and tests alike."""

from enum import StrEnum


class Role(StrEnum):
    """A member's role in one organization."""

    ADMIN = "admin"
    COMPLIANCE_MANAGER = "compliance_manager"
    CONTROL_OWNER = "control_owner"
    EXECUTIVE = "executive"
    EMPLOYEE = "employee"
    VIEWER = "viewer"


class Right(StrEnum):
    """What a page or route demands."""

    SEE_PROGRAMME = "see_programme"  # overview, controls, checks, subjects, criteria
    SEE_RAW = "see_raw"  # raw vendor responses
    SEE_TRAIL = "see_trail"
    EXPORT = "export"
    MANAGE_CONNECTIONS = "manage_connections"
    RUN_CONNECTIONS = "run_connections"
    PUSH_FACTS = "push_facts"  # bring facts by API, or look how a session went
    MANAGE_CONTROLS = "manage_controls"  # adopt, edit, assign, parameters, waivers, period
    ACT_ON_CONTROLS = "act_on_controls"  # judge again, ask for a waiver, perform an occurrence
    SEE_MEMBERS = "see_members"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_ORGANIZATION = "manage_organization"
    MANAGE_TOKENS = "manage_tokens"


_READ = {Right.SEE_PROGRAMME, Right.SEE_MEMBERS}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.COMPLIANCE_MANAGER: frozenset(set(Right) - {Right.MANAGE_MEMBERS, Right.MANAGE_ORGANIZATION}),
    Role.CONTROL_OWNER: frozenset(_READ | {Right.SEE_RAW, Right.EXPORT, Right.ACT_ON_CONTROLS, Right.RUN_CONNECTIONS}),
    Role.EXECUTIVE: frozenset(_READ | {Right.SEE_TRAIL, Right.EXPORT}),
    Role.EMPLOYEE: frozenset(),
    Role.VIEWER: frozenset(_READ),
}


def allows(role: str, right: Right) -> bool:
    """Whether members of that role have that right."""
    return right in RIGHTS[Role(role)]
