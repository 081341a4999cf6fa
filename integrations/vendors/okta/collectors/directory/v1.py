"""Turns Okta's answers about users and groups into facts."""

from collections.abc import Iterable, Sequence

from evidence.facts.identity.v1 import Factor, Identity
from evidence.facts.identity_group.v1 import IdentityGroup
from integrations.vendors.okta.collectors.values import Row, day, identifier, inner, instant, lower, text, word

# Who can sign in, or could by an own act (a new password, unlocking, finishing the activation).
ENABLED = frozenset({"ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "PROVISIONED", "RECOVERY"})
DISABLED = frozenset({"DEPROVISIONED", "STAGED", "SUSPENDED"})


def enabled(user: Row) -> bool | None:
    """Whether the user can sign in; None for a status that is not known."""
    status = text(user, "status")
    return True if status in ENABLED else False if status in DISABLED else None


def identity(user: Row, *, factors: Sequence[Row] | None, roles: tuple[str, ...] | None, groups: Iterable[str] | None) -> Identity:
    """Of a row of `GET /api/v1/users`. The last sign-in counts by its day: otherwise every sign-in would be a new state."""
    profile = inner(user, "profile")
    login = word(profile, "login")
    return Identity(
        subject=identifier(user),
        name=login or identifier(user),
        login=login,
        email=word(profile, "email"),
        second_email=word(profile, "secondEmail"),
        employee_number=word(profile, "employeeNumber"),
        user_type=word(profile, "userType"),
        status=lower(user, "status") or "",
        enabled=enabled(user),
        created=instant(user, "created"),
        activated=instant(user, "activated"),
        status_changed=instant(user, "statusChanged"),
        last_sign_in=day(user, "lastLogin"),
        factors=None if factors is None else tuple(sorted((_factor(each) for each in factors), key=lambda each: (each.kind, each.status))),
        roles=roles,
        groups=None if groups is None else tuple(sorted(groups)),
    )


def _factor(row: Row) -> Factor:
    return Factor(kind=word(row, "factorType"), status=word(row, "status").lower())


def roles(rows: Iterable[Row]) -> tuple[str, ...]:
    """The administrator roles in force, in Okta's words; a custom one by its label."""
    held = [each for each in rows if word(each, "status") in ("ACTIVE", "")]
    return tuple(sorted({word(each, "label") if word(each, "type") == "CUSTOM" else identifier(each, "type") for each in held}))


def identity_group(row: Row, *, members: int | None) -> IdentityGroup:
    """Of a row of `GET /api/v1/groups`."""
    return IdentityGroup(
        subject=identifier(row),
        name=word(inner(row, "profile"), "name"),
        group_type=lower(row, "type"),
        created=instant(row, "created"),
        membership_changed=instant(row, "lastMembershipUpdated"),
        member_count=members,
    )
