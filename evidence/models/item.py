"""Items of evidence that people or programs bring: what they are, their versions, and what search reads."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compliance.tenancy.models import TenantModel
from compliance.tenancy.uuid7 import uuid7

KINDS = ("snapshot", "file", "link", "statement")
OPEN, RESTRICTED = "open", "restricted"


class Item(TenantModel):
    """A snapshot of what was observed, an uploaded file, a link with what it showed, or a statement of a named person.

    `roles` are those that may know of it: all that read the programme while it is open. What the latest version says stands here too, so
    that a list asks one table. `due_at` is when the next version is due: a cadence after the latest was performed, or else received.
    `revision` rises with every change: it orders the list, and says whether counts that were kept still hold.
    `source` and `source_key` name what a program pushed, and under which key.
    """

    kind = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    owner = models.ForeignKey("members.Membership", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    cadence_days = models.PositiveSmallIntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    confidentiality = models.CharField(max_length=10, default=OPEN)
    roles = ArrayField(models.CharField(max_length=20))
    tags = ArrayField(models.CharField(max_length=40), default=list)
    url = models.CharField(max_length=2000, blank=True)
    source = models.CharField(max_length=120, blank=True)
    source_key = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    revision = models.UUIDField(default=uuid7)
    number = models.PositiveIntegerField(default=1)  # of the latest version
    filename = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField()
    performed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="item_in_organization"),
            models.UniqueConstraint(
                fields=["organization", "source", "source_key"], condition=~models.Q(source_key=""), name="item_of_source_once"
            ),
            models.CheckConstraint(name="item_kind", condition=models.Q(kind__in=KINDS)),
            models.CheckConstraint(name="item_confidentiality", condition=models.Q(confidentiality__in=[OPEN, RESTRICTED])),
            models.CheckConstraint(name="item_cadence", condition=models.Q(cadence_days__isnull=True) | models.Q(cadence_days__gte=1)),
        ]
        indexes = [
            models.Index(fields=["organization", "-revision"], name="item_latest_change"),
            models.Index(fields=["organization", "kind", "-revision"], name="item_by_kind"),
            models.Index(fields=["organization", "owner", "-revision"], name="item_by_owner"),
            models.Index(fields=["organization", "due_at"], condition=models.Q(due_at__isnull=False), name="item_due"),
        ]

    def __str__(self) -> str:
        return self.title


class ItemVersion(TenantModel):
    """Bytes of an item, once and for all. Three dates are kept apart: received (our clock), performed or observed (the source's, or as
    stated), and the days covered. `stated_by` names who stands behind it; `digest` is the SHA-256 of the original bytes in hex."""

    INSERT_ONLY = True

    item = models.ForeignKey(Item, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    filename = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField()
    performed_at = models.DateTimeField(null=True)
    covered_from = models.DateField(null=True)
    covered_until = models.DateField(null=True)
    stated_by = models.CharField(max_length=200)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "item", "number"], name="item_version_once"),
            models.CheckConstraint(
                name="item_version_forward",
                condition=models.Q(covered_from__isnull=True) | models.Q(covered_until__isnull=True)
                | models.Q(covered_from__lte=models.F("covered_until")),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organization", "digest"], name="item_version_digest")]


class ItemText(TenantModel):
    """What search reads of an item: title, what is said about it, and the text of its latest version. The database derives a search
    vector from it (a generated column, with the indexes of migration `item_search`)."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    title = models.CharField(max_length=200)
    about = models.TextField(blank=True)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "item"], name="item_text_once")]


class Scan(TenantModel):
    """What a virus scanner said of bytes. `infected` and `waiting` bytes are not served until somebody accepts them."""

    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    detail = models.CharField(max_length=300, blank=True)
    scanned_at = models.DateTimeField()
    accepted_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="scan_once"),
            models.CheckConstraint(name="scan_state", condition=models.Q(state__in=["clean", "infected", "waiting", "accepted"])),
        ]
