"""Why an item of evidence belongs to a control, a criterion or an occurrence."""

from django.db import models

from compliance.tenancy.models import TenantModel


class ItemLink(TenantModel):
    """One item at one place, with its reason. Exactly one of control, criterion and occurrence is set."""

    item = models.ForeignKey("evidence.Item", on_delete=models.CASCADE, related_name="+", db_index=False)
    control = models.ForeignKey("controls.Control", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    criterion = models.ForeignKey("controls.Criterion", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    occurrence = models.ForeignKey("controls.Occurrence", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    reason = models.CharField(max_length=500)
    linked_by = models.CharField(max_length=200)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "item", "control", "criterion", "occurrence"], nulls_distinct=False, name="item_link_once"
            ),
            models.CheckConstraint(
                name="item_link_one_place",
                condition=models.Q(control__isnull=False, criterion__isnull=True, occurrence__isnull=True)
                | models.Q(control__isnull=True, criterion__isnull=False, occurrence__isnull=True)
                | models.Q(control__isnull=True, criterion__isnull=True, occurrence__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "control", "item"], condition=models.Q(control__isnull=False), name="item_link_control"),
            models.Index(
                fields=["organization", "criterion", "item"], condition=models.Q(criterion__isnull=False), name="item_link_criterion"
            ),
            models.Index(
                fields=["organization", "occurrence", "item"], condition=models.Q(occurrence__isnull=False), name="item_link_occurrence"
            ),
        ]
