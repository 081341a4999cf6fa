"""Look-ups by a secret, before any organization is in scope: two functions of the database answer where to look, nothing else."""

import uuid
from dataclasses import dataclass

from django.db import connection

from compliance.members.models import ApiToken, Invitation
from compliance.members.models.token import SCHEME
from compliance.members.secrets import taken_apart
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope


@dataclass(frozen=True, slots=True)
class InvitedTo:
    """An invitation and whose it is."""

    organization: Organization
    invitation: Invitation


def invitation_by_text(text: str) -> InvitedTo | None:
    """The invitation that this secret opens, open or not; None for an unknown one."""
    row = _asked("plumbline_invitation", text)
    if row is None:
        return None
    with scope(row[0]):
        invitation = Invitation.objects.filter(pk=row[1]).first()
        return InvitedTo(Organization.objects.get(pk=row[0]), invitation) if invitation else None


def token_by_text(text: str) -> ApiToken | None:
    """The token with its membership, user and organization; None for an unknown one. Whether it is still live is the caller's to ask."""
    row = _asked("plumbline_api_token", text.removeprefix(SCHEME)) if text.startswith(SCHEME) else None
    if row is None:
        return None
    key = taken_apart(text.removeprefix(SCHEME))
    with scope(row[0], row[1]):
        return ApiToken.objects.select_related("membership__user", "membership__organization").filter(pk=key[0]).first() if key else None


def _asked(function: str, text: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    parts = taken_apart(text)
    if parts is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}(%s, %s)", [parts[0], parts[1]])
        return cursor.fetchone()
