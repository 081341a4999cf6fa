"""The work list of collecting: when a connection is due, who is on it, how far it is."""

from typing import ClassVar

from django.db import models

from compliance.tenancy.models import TenantModel


class Due(TenantModel):
    """One row per connection. Operational: kept behind row-level security, but not on the trail (a heartbeat is no deed).

    `lease_until` lies ahead while a worker holds the connection and beats; the reaper frees it after that. `targets` are subjects
    named by an event, to be read again at once (an empty list: the kind as a whole); `regular_at` is when everything is due, however
    many events come in between."""

    OPERATIONAL: ClassVar[bool] = True

    connection = models.ForeignKey("integrations.Connection", on_delete=models.CASCADE, related_name="+", db_index=False)
    next_run_at = models.DateTimeField()
    regular_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=200, blank=True)
    targets = models.JSONField(default=dict)
    lease_worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    run_id = models.UUIDField(null=True)
    cancel_asked = models.BooleanField(default=False)
    progress = models.JSONField(default=dict)
    probe = models.JSONField(default=dict)  # outcome of the last permission probe
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "connection"], name="due_once")]
        indexes = [models.Index(fields=["next_run_at"], name="due_next")]
