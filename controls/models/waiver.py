"""A dated, approved decision to live with a failing check for a while; the verdict under it stays FAIL."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Waiver(TenantModel):
    """Covers one subject of a check, or all of them when `subject` is empty, in [from_at, until_at)."""

    check_row = models.ForeignKey("controls.Check", on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_column="check_row_id")
    subject = models.ForeignKey(
        "evidence.Subject", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField()
    compensating_control = models.TextField(blank=True)
    approved_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(name="waiver_forward", condition=models.Q(until_at__gt=models.F("from_at"))),
            models.CheckConstraint(name="waiver_has_reason", condition=~models.Q(reason="")),
        ]
        indexes = [models.Index(fields=["organization", "check_row", "until_at"], name="waiver_of_check")]
