"""How long things are kept, what must not go, and what went: rules, legal holds, deletion requests of two people, tombstones."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compliance.tenancy.models import TenantModel

PURPOSES = ("expiry", "erasure")
STEPS = ("approved", "refused", "withdrawn", "executed")


class RetentionRule(TenantModel):
    """How many years after the end of its period something is kept. `kind` is what it is about (empty: everything), `about_id` one
    engagement or other frame (None: all). The most particular rule counts; where several frames hold the same thing, the longest."""

    kind = models.CharField(max_length=30, blank=True)
    about_id = models.UUIDField(null=True)
    years = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "about_id"], name="retention_rule_once", nulls_distinct=False),
            models.CheckConstraint(name="retention_rule_years", condition=models.Q(years__range=(1, 100))),
        ]


class LegalHold(TenantModel):
    """While it stands, nothing it covers is deleted, whatever retention or erasure says. `kind` empty: of every kind; `about_id` None:
    everything, else one source, subject, item or engagement."""

    name = models.CharField(max_length=200)
    reason = models.TextField()
    kind = models.CharField(max_length=30, blank=True)
    about_id = models.UUIDField(null=True)
    about_name = models.CharField(max_length=300, blank=True)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=200)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lift_reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization"], condition=models.Q(lifted_at__isnull=True), name="hold_standing")]

    def __str__(self) -> str:
        return self.name


class DeletionRequest(TenantModel):
    """Somebody asks that its targets go. `purpose`: `expiry` (retention asks for them no longer) or `erasure` (personal data). `title` is
    read by people and holds no personal data: it stays. The database takes `requested_by_id` only from who is signed in."""

    INSERT_ONLY = True

    purpose = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    reason = models.TextField()
    counts = models.JSONField(default=dict)
    requested_at = models.DateTimeField()
    requested_by_id = models.UUIDField()
    requested_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(name="deletion_purpose", condition=models.Q(purpose__in=PURPOSES)),
            models.UniqueConstraint(fields=["organization", "id"], name="deletion_request_in_organization"),
        ]

    def __str__(self) -> str:
        return self.title


class DeletionTarget(TenantModel):
    """One thing that shall go: `kind` has a function `plumbline_clear_<kind>` in the database. `keep_until` is when retention ends (None
    where erasure asks before). `abouts` names what a hold may be about: source, subject, item, engagement."""

    INSERT_ONLY = True

    request = models.ForeignKey(DeletionRequest, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    kind = models.CharField(max_length=30)
    target_id = models.UUIDField()
    keep_until = models.DateTimeField(null=True)
    abouts = ArrayField(models.UUIDField(), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "request", "kind", "target_id"], name="deletion_target_once")]


class DeletionStep(TenantModel):
    """What became of a request: approved or refused by another person than asked, withdrawn, executed (written by the database's own
    function only)."""

    INSERT_ONLY = True

    request = models.ForeignKey(DeletionRequest, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    step = models.CharField(max_length=10)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by = models.CharField(max_length=200)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="deletion_step", condition=models.Q(step__in=STEPS)),
            models.UniqueConstraint(
                fields=["organization", "request"], condition=~models.Q(step="executed"), name="deletion_decided_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "request"], condition=models.Q(step="executed"), name="deletion_executed_once"
            ),
        ]  # fmt: skip


class Tombstone(TenantModel):
    """That something was here and went: `kind` (`record`, `statement`, `blob`, `subject`, `item_version`), `ref` its id, `request` why.
    Written by the database's own function only. Of bytes, `address` is SHA-256 of their former digest, so that whoever holds the digest
    learns what became of them, and `pending_digest` is set until the store has removed them."""

    INSERT_ONLY = True

    kind = models.CharField(max_length=30)
    ref = models.UUIDField()
    request = models.ForeignKey(DeletionRequest, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    at = models.DateTimeField()
    size = models.PositiveBigIntegerField(null=True)
    address = models.BinaryField(max_length=32, null=True)
    pending_digest = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "kind", "ref"], name="tombstone_once")]
        indexes = [
            models.Index(fields=["organization", "address"], condition=models.Q(address__isnull=False), name="tombstone_address"),
            models.Index(fields=["organization"], condition=models.Q(pending_digest__isnull=False), name="tombstone_pending"),
        ]
