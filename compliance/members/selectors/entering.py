"""Look-ups that happen before an organization is in scope. Row-level security lets a user see the own memberships only."""

import uuid

from django.db.models import Min

from compliance.members.models import Membership
from compliance.tenancy.models import FormerSlug
from compliance.tenancy.scope import as_user

DEFAULT_IDLE_MINUTES = 720


def membership_by_slug(*, user_id: uuid.UUID, slug: str) -> Membership | None:
    """The user's membership in the organization of that slug, with the organization, or None."""
    with as_user(user_id):
        return Membership.unscoped.select_related("organization").filter(user_id=user_id, organization__slug=slug).first()


def memberships_of(user_id: uuid.UUID) -> list[Membership]:
    """All organizations of a user, by name."""
    with as_user(user_id):
        return list(Membership.unscoped.select_related("organization").filter(user_id=user_id).order_by("organization__name"))


def present_slug(slug: str) -> str | None:
    """The slug that an organization which once had `slug` has now."""
    former = FormerSlug.objects.select_related("organization").filter(slug=slug).first()
    return former.organization.slug if former else None


def idle_minutes(user_id: uuid.UUID) -> int:
    """Allowed idle minutes: the least of the user's organizations."""
    with as_user(user_id):
        least = Membership.unscoped.filter(user_id=user_id).aggregate(least=Min("organization__idle_minutes"))["least"]
    return least or DEFAULT_IDLE_MINUTES
