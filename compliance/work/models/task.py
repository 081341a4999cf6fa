"""Work that a person agreed to do, with a day by which it is done."""

from django.db import models

from compliance.tenancy.models import TenantModel

REPEATS = ("", "weekly", "monthly", "quarterly", "semi_annual", "annual")


class Task(TenantModel):
    """Open while `ended_at` is empty; then `outcome` says whether it was done or dropped. `about_*` names what it is over, with the
    address inside the organization. `follows` is the task whose repetition this one is."""

    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    owner = models.ForeignKey(
        "members.Membership", null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+", db_index=False
    )
    due_at = models.DateTimeField(null=True)
    repeats = models.CharField(max_length=12, blank=True)
    follows = models.UUIDField(null=True)
    about_kind = models.CharField(max_length=30, blank=True)
    about_id = models.UUIDField(null=True)
    about_name = models.CharField(max_length=300, blank=True)
    about_path = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=8, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="task_repeats", condition=models.Q(repeats__in=REPEATS)),
            models.CheckConstraint(name="task_repeats_by_day", condition=models.Q(repeats="") | models.Q(due_at__isnull=False)),
            models.CheckConstraint(
                name="task_outcome",
                condition=models.Q(outcome="", ended_at__isnull=True) | models.Q(outcome__in=["done", "dropped"], ended_at__isnull=False),
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="task_in_organization"),
            models.UniqueConstraint(fields=["organization", "follows"], name="task_followed_once"),
        ]
        indexes = [
            models.Index(fields=["organization", "due_at"], condition=models.Q(ended_at__isnull=True), name="task_open"),
            models.Index(fields=["organization", "owner"], condition=models.Q(ended_at__isnull=True), name="task_of_owner"),
            models.Index(fields=["organization", "about_id"], name="task_about"),
        ]

    def __str__(self) -> str:
        return self.title


class TaskStep(TenantModel):
    """One line of a task's checklist."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, db_constraint=False, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["organization", "task", "number"], name="task_step_once")]

    def __str__(self) -> str:
        return self.text
