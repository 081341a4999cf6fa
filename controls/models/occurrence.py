"""One due performance of a periodic control."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Occurrence(TenantModel):
    """Due at `due_at`, late after `late_at` (due plus grace), performed at `performed_at`. Counts from `opens_at` on."""

    control = models.ForeignKey("controls.Control", on_delete=models.CASCADE, related_name="+", db_index=False)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    late_at = models.DateTimeField()
    performed_at = models.DateTimeField(null=True)
    late_marked = models.BooleanField(default=False)
    performer = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "control", "due_at"], name="occurrence_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="occurrence_in_organization"),
            models.CheckConstraint(
                name="occurrence_forward",
                condition=models.Q(opens_at__lt=models.F("due_at")) & models.Q(late_at__gte=models.F("due_at")),
            ),
        ]
        indexes = [models.Index(fields=["organization", "late_at"], condition=models.Q(performed_at__isnull=True), name="occurrence_open")]
