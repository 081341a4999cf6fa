"""A vendor account as the vendor reports it."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Source(TenantModel):
    """Outlives the connection that found it: deleting a connection keeps its evidence; another account is another source."""

    vendor = models.CharField(max_length=30)
    account = models.CharField(max_length=200)
    account_name = models.CharField(max_length=200, blank=True)
    connection_id = models.UUIDField(null=True)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "vendor", "account"], name="source_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="source_in_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.account_name or self.account}"
