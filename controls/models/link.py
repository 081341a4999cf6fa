"""Why an item of evidence belongs to a control, a criterion, an occurrence or a task."""

from django.db import models

from compliance.tenancy.models import TenantModel


class ItemLink(TenantModel):
    """One item at one place, with its reason. Exactly one of control, criterion, occurrence and task is set."""

    item = models.ForeignKey("evidence.Item", on_delete=models.CASCADE, related_name="+", db_index=False)
    control = models.ForeignKey("controls.Control", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    criterion = models.ForeignKey("controls.Criterion", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    occurrence = models.ForeignKey("controls.Occurrence", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey("work.Task", null=True, on_delete=models.CASCADE, db_constraint=False, related_name="+", db_index=False)
    reason = models.CharField(max_length=500)
    linked_by = models.CharField(max_length=200)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "item", "control", "criterion", "occurrence", "task"], nulls_distinct=False, name="item_link_once"
            ),
            models.CheckConstraint(
                name="item_link_one_place",
                condition=models.Q(control__isnull=False, criterion__isnull=True, occurrence__isnull=True, task__isnull=True)
                | models.Q(control__isnull=True, criterion__isnull=False, occurrence__isnull=True, task__isnull=True)
                | models.Q(control__isnull=True, criterion__isnull=True, occurrence__isnull=False, task__isnull=True)
                | models.Q(control__isnull=True, criterion__isnull=True, occurrence__isnull=True, task__isnull=False),
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
            models.Index(fields=["organization", "task", "item"], condition=models.Q(task__isnull=False), name="item_link_task"),
        ]
