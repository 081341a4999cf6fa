"""Health of a control as intervals: derived, and derivable again."""

from django.db import models

from compliance.tenancy.models import TenantModel
from controls.outcomes import ControlState


class Health(TenantModel):
    """The state of a control from `from_at` until `until_at` (empty: now). Staleness that no worker has marked yet is
    applied when reading, so that a dead worker cannot leave a green page."""

    control = models.ForeignKey("controls.Control", on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=16)
    reason = models.TextField(blank=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "control"], condition=models.Q(until_at__isnull=True), name="health_open_once"),
            models.UniqueConstraint(fields=["organization", "control", "from_at"], name="health_start"),
            models.CheckConstraint(name="health_state", condition=models.Q(state__in=[each.value for each in ControlState])),
            models.CheckConstraint(
                name="health_forward", condition=models.Q(until_at__isnull=True) | models.Q(until_at__gt=models.F("from_at"))
            ),
        ]
