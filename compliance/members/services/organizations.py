"""Organizations: created with their first admin, changed by admins."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError

from compliance.members.models import Membership, User
from compliance.members.refusals import MayNotCreate
from compliance.members.roles import Role
from compliance.tenancy.models import FormerSlug, Organization
from compliance.tenancy.models.organization import new_organization_id
from compliance.tenancy.scope import organization_id, scope
from compliance.trail.action import action
from compliance.trail.actor import Actor, ActorKind
from compliance.trail.names import ActionName

IDLE_MINUTES = range(5, 7 * 24 * 60 + 1)


def may_create_organizations(user: User) -> bool:
    """Whether WHO_MAY_CREATE_ORGANIZATIONS lets this user create one: operators always, others where it says `anyone`."""
    return user.is_operator or settings.CONFIGURATION.who_may_create_organizations == "anyone"


def create_organization(
    *,
    user: User,
    name: str,
    slug: str,
    time_zone: str = "UTC",
    actor: Actor | None = None,
    is_demo: bool = False,
    clock: datetime | None = None,
) -> Organization:
    """Create an organization with `user` as its first admin.

    `actor` names somebody else who does it (the operator on the command line, the platform for demo data), who is not asked for the
    right to. `clock` is for demo organizations only. Raises MayNotCreate, ValidationError (by field).
    """
    if actor is None and not may_create_organizations(user):
        raise MayNotCreate
    organization = Organization(id=new_organization_id(), name=name, slug=slug, time_zone=time_zone, is_demo=is_demo, clock=clock)
    organization.full_clean()
    _refuse_former_slug_of_another(organization)
    doer = actor or Actor(ActorKind.USER, user.name or user.email, user.pk)
    with scope(organization.pk), action(ActionName.ORGANIZATION_CREATED, actor=doer, subject=organization):
        organization.save(force_insert=True)
        Membership.objects.create(user=user, role=Role.ADMIN)
    return organization


def change_organization(
    *,
    actor: Actor,
    name: str,
    slug: str,
    time_zone: str,
    first_weekday: int,
    holidays: Sequence[date],
    idle_minutes: int,
) -> Organization:
    """Change the organization in scope. A slug that is given up redirects to the new one for as long as nobody else takes it.

    `first_weekday` counts from Monday = 0; `idle_minutes` from 5 minutes to a week. Raises ValidationError (by field).
    """
    organization = Organization.objects.get(pk=organization_id())
    before = _described(organization)
    old_slug = organization.slug
    organization.name, organization.slug, organization.time_zone = name, slug, time_zone
    organization.first_weekday, organization.idle_minutes = first_weekday, idle_minutes
    organization.holidays = [day.isoformat() for day in sorted(set(holidays))]
    if idle_minutes not in IDLE_MINUTES:
        raise ValidationError({"idle_minutes": "Choose between 5 minutes and 7 days."})
    organization.full_clean()
    _refuse_former_slug_of_another(organization)
    after = _described(organization)
    if before == after:
        return organization
    changed = {"before": {key: before[key] for key in after if before[key] != after[key]}, "after": _differing(before, after)}
    with action(ActionName.ORGANIZATION_CHANGED, actor=actor, subject=organization, detail=changed):
        if slug != old_slug:
            FormerSlug.objects.filter(slug=slug).delete()
            FormerSlug.objects.update_or_create(slug=old_slug, defaults={"organization": organization})
        organization.save(update_fields=["name", "slug", "time_zone", "first_weekday", "holidays", "idle_minutes"])
    return organization


def _refuse_former_slug_of_another(organization: Organization) -> None:
    if FormerSlug.objects.filter(slug=organization.slug).exclude(organization=organization).exists():
        raise ValidationError({"slug": "Links to another organization still lead here; choose another address."})


def _described(organization: Organization) -> dict[str, object]:
    return {
        "name": organization.name,
        "slug": organization.slug,
        "time_zone": organization.time_zone,
        "first_weekday": organization.first_weekday,
        "holidays": list(organization.holidays),
        "idle_minutes": organization.idle_minutes,
    }


def _differing(before: dict[str, object], after: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in after.items() if before[key] != value}
