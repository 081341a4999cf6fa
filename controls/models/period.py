"""The observation period of a report: minimal for now, one per report."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Period(TenantModel):
    """From `first_day` to `last_day`, ends included, counted in the organization's zone (examination period of a Type 2 report)."""

    name = models.CharField(max_length=120)
    first_day = models.DateField()
    last_day = models.DateField()
    fieldwork_first_day = models.DateField(null=True, blank=True)
    fieldwork_last_day = models.DateField(null=True, blank=True)
    report_due_day = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-first_day"]
        constraints = [
            models.CheckConstraint(name="period_forward", condition=models.Q(last_day__gte=models.F("first_day"))),
            models.UniqueConstraint(fields=["organization", "first_day", "last_day"], name="period_once"),
        ]

    def __str__(self) -> str:
        return self.name
