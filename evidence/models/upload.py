"""A file on its way in, part by part; and sessions by which a program brings items."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Upload(TenantModel):
    """Parts lie sealed in the upload folder until the last one is there; then an item is made of them, or nothing. `metadata` is what the
    sender said beside the bytes. Written without an action: nothing here is evidence yet."""

    OPERATIONAL = True

    user_id = models.UUIDField()
    length = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)
    filename = models.CharField(max_length=200)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "expires_at"], name="upload_expiry")]


class ItemSession(TenantModel):
    """Items that a program pushes: declared first, filled one by one, and counted only when whole."""

    name = models.CharField(max_length=120)
    cadence_days = models.PositiveSmallIntegerField()
    expected = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="open")
    state_reason = models.TextField(blank=True)
    opened_by = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="item_session_in_organization"),
            models.CheckConstraint(
                name="item_session_state", condition=models.Q(state__in=["open", "recorded", "refused", "abandoned", "expired"])
            ),
        ]
        indexes = [models.Index(fields=["organization", "-opened_at"], name="item_session_latest")]


class SessionItem(TenantModel):
    """One item of a session, waiting until the session is whole; its bytes lie in the upload folder under its id."""

    session = models.ForeignKey(ItemSession, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    parts = models.PositiveIntegerField()
    declared = models.JSONField(default=dict)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "session", "key"], name="session_item_once")]
