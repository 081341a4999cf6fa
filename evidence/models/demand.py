"""What is to be collected: written by whoever needs it, read by the collectors. Nothing else is read."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Demand(TenantModel):
    """One fact kind of one vendor, asked for by `asked_by` (a check, a population), at least in that completeness class."""

    vendor = models.CharField(max_length=30)
    kind = models.CharField(max_length=40)
    completeness = models.CharField(max_length=20, default="none")
    since = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "vendor", "kind", "asked_by"], name="demand_once")]
