"""Who is in the organization in scope."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Case, IntegerField, Value, When

from compliance.members.models import Invitation, Membership
from compliance.members.roles import Role

_RANK = Case(*[When(role=role.value, then=Value(place)) for place, role in enumerate(Role)], output_field=IntegerField())


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the list shows it: `second_factor` says whether sign-in asks for one."""

    membership: Membership
    second_factor: bool

    @property
    def name(self) -> str:
        """What the person is called."""
        return self.membership.user.name or self.membership.user.email


def members() -> list[Member]:
    """All members with their users, admins first, then by name."""
    memberships = list(Membership.objects.select_related("user").order_by(_RANK, "user__name", "user__email"))
    guarded = _with_second_factor([each.user_id for each in memberships])
    return [Member(each, each.user_id in guarded) for each in memberships]


def member(membership_id: uuid.UUID) -> Member | None:
    """One member of the organization in scope, or None."""
    membership = Membership.objects.select_related("user").filter(pk=membership_id).first()
    return Member(membership, bool(_with_second_factor([membership.user_id]))) if membership else None


def admins_besides(membership: Membership) -> bool:
    """Whether somebody else is an admin."""
    return Membership.objects.filter(role=Role.ADMIN).exclude(pk=membership.pk).exists()


def open_invitations() -> list[Invitation]:
    """Invitations nobody has accepted or revoked, newest first; expired ones among them, so that they can be sent again."""
    return list(Invitation.objects.filter(accepted_at=None, revoked_at=None).order_by("-created_at"))


def invitation(invitation_id: uuid.UUID) -> Invitation | None:
    """One invitation of the organization in scope."""
    return Invitation.objects.filter(pk=invitation_id).first()


def expired(invitations: list[Invitation], now: datetime) -> set[uuid.UUID]:
    """Which of them are over."""
    return {each.pk for each in invitations if not each.is_open(now)}


def _with_second_factor(user_ids: list[uuid.UUID]) -> set[uuid.UUID]:
    totp = Authenticator.objects.filter(user_id__in=user_ids, type=Authenticator.Type.TOTP)
    return set(totp.values_list("user_id", flat=True))


def members_in_roles(roles: Iterable[Role]) -> list[uuid.UUID]:
    """Memberships of these roles, by when they joined."""
    return list(Membership.objects.filter(role__in=list(roles)).order_by("joined_at", "pk").values_list("pk", flat=True))
