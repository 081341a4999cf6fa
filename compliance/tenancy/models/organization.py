"""The tenant."""

import uuid
import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from compliance.tenancy.uuid7 import uuid7

RESERVED_SLUGS = frozenset(
    [
        "about",
        "account",
        "accounts",
        "admin",
        "api",
        "assets",
        "static",
        "media",
        "healthz",
        "readyz",
        "metrics",
        "instance",
        "mail",
        "new",
        "organizations",
        "trust",
        "signin",
        "signout",
        "styleguide",
        "hooks",
        "invitations",
        "log",
        "schema",
        "docs",
    ]
)

slug_shape = RegexValidator(r"^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$", "Use 1 to 50 lower-case letters, digits and inner hyphens.")


def not_reserved(slug: str) -> None:
    """Raises ValidationError for a slug that an address of the product needs."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(f"“{slug}” is used by the product itself; choose another.")


def known_zone(name: str) -> None:
    """Raises ValidationError unless `name` is an IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is no time zone; use a name such as Europe/Berlin.")


class Organization(models.Model):
    """A service organization using this installation. Days and period bounds are counted in `time_zone`.

    `clock` is set only for organizations labelled demo: they may live on a simulated clock.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    slug = models.CharField(max_length=50, unique=True, validators=[slug_shape, not_reserved])
    time_zone = models.CharField(max_length=64, default="UTC", validators=[known_zone])
    first_weekday = models.SmallIntegerField(default=0)  # 0 = Monday, as in datetime.weekday()
    holidays = models.JSONField(default=list, blank=True)  # ISO dates on which the organization does not work
    is_demo = models.BooleanField(default=False)
    clock = models.DateTimeField(null=True, blank=True)
    idle_minutes = models.PositiveIntegerField(default=720)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="organization_weekday", condition=models.Q(first_weekday__range=(0, 6))),
            models.CheckConstraint(name="organization_clock_only_in_demo", condition=models.Q(clock__isnull=True) | models.Q(is_demo=True)),
            models.UniqueConstraint(Lower("slug"), name="organization_slug_any_case"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone in which days are counted."""
        return zoneinfo.ZoneInfo(self.time_zone)


class FormerSlug(models.Model):
    """A slug an organization had before: links to it redirect. Not a tenant table: it is read before a scope exists."""

    slug = models.CharField(primary_key=True, max_length=50)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    changed_at = models.DateTimeField(auto_now_add=True)


def new_organization_id() -> uuid.UUID:
    """Key for an organization that is about to be created (its scope is opened before its row exists)."""
    return uuid7()
