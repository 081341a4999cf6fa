"""Turns GitHub's answers about people into facts."""

from evidence.facts.account.v1 import Account
from evidence.facts.federated_identity.v1 import FederatedIdentity
from evidence.facts.outside_collaborator.v1 import OutsideCollaborator
from integrations.vendors.github.collectors.values import Row, flag, inner, instant, needed, numbered, text, user_subject, word


def account(edge: Row) -> Account:
    """Of an edge of organization.membersWithRole. `hasTwoFactorEnabled` is null unless the caller may see it: unknown, not off."""
    person = inner(edge, "node")
    role = text(edge, "role")
    return Account(
        subject=user_subject(numbered(person, "databaseId")),
        name=str(needed(person, "login")),
        email=word(person, "email"),
        console_access=True,
        mfa=flag(edge, "hasTwoFactorEnabled"),
        created=instant(person, "createdAt"),
        enabled=True,
        administrator=None if role is None else role == "ADMIN",
    )


def outside_collaborator(row: Row) -> OutsideCollaborator:
    """Of `GET /orgs/{org}/outside_collaborators`."""
    login = str(needed(row, "login"))
    return OutsideCollaborator(subject=user_subject(numbered(row)), name=login, login=login)


def federated_identity(member: Row, identity: Row | None, *, shown: bool) -> FederatedIdentity:
    """Of a member's edge and the external identity of that account. `shown`: the list of identities could be read, so that a
    missing one means "not linked"."""
    person = inner(member, "node")
    named = identity or {}
    external = word(inner(named, "samlIdentity"), "nameId") or word(inner(named, "scimIdentity"), "username")
    linked = (bool(inner(named, "samlIdentity")) or bool(inner(named, "scimIdentity"))) if shown else None
    return FederatedIdentity(
        subject=user_subject(numbered(person, "databaseId")), name=str(needed(person, "login")), linked=linked, external_name=external
    )
