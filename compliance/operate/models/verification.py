"""How verifying everything that is kept of an organization goes, or went."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Verification(TenantModel):
    """One reading of everything again. `place` is {stage: how far}, from which a stopped one is resumed; `counts` is what each stage
    looked at; `findings` keeps the first five hundred of `found`. Progress is no action of its own; its end is."""

    OPERATIONAL = True

    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    place = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    found = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], condition=models.Q(ended_at__isnull=True), name="verification_one_open"),
        ]
        indexes = [models.Index(fields=["organization", "-started_at"], name="verification_latest")]
