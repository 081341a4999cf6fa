"""Sessions in which a program pushes facts, and the pieces it sent."""

from django.db import models

from compliance.tenancy.models import TenantModel

SESSION_STATES = ("open", "recording", "recorded", "refused", "abandoned", "expired")


class PushSession(TenantModel):
    """What the sender declared (`kind`, `version`, `fields`, `expected` lines, `sha256` over the canonical lines) and what came of it.
    Only a session that was closed with that count and hash is recorded; `state_reason` says why another was not."""

    connection = models.ForeignKey(
        "integrations.Connection", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    fields = models.JSONField(default=list)
    mode = models.CharField(max_length=12)
    fresh_days = models.PositiveSmallIntegerField()
    expected = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    as_of = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="open")
    state_reason = models.TextField(blank=True)
    opened_by = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    run_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="push_session_in_organization"),
            models.CheckConstraint(name="push_session_state", condition=models.Q(state__in=SESSION_STATES)),
        ]
        indexes = [models.Index(fields=["organization", "-opened_at"], name="push_session_latest")]

    def __str__(self) -> str:
        return self.name


class PushChunk(TenantModel):
    """One piece of a session, by number: its canonical lines, encrypted, kept until the session ends. `sha256` of those lines tells
    whether a piece that comes again is the same."""

    session = models.ForeignKey("integrations.PushSession", on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    lines = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "session", "number"], name="push_chunk_once")]
