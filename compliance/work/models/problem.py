"""Something a person has to fix, keyed by its cause: one lost permission is one problem, however many checks it blinds."""

from django.db import models

from compliance.tenancy.models import TenantModel

SEVERITIES = ("critical", "high", "medium", "low")


class Problem(TenantModel):
    """Open while `resolved_at` is empty. `cause` identifies it: raising the same cause again touches the open one.
    `about_kind` and `about_id` name what it is over; `affected` counts what it blinds or breaks."""

    cause = models.CharField(max_length=300)
    title = models.CharField(max_length=300)
    detail = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    severity = models.CharField(max_length=10)
    about_kind = models.CharField(max_length=30)
    about_id = models.UUIDField(null=True)
    affected = models.PositiveIntegerField(default=0)
    owner = models.ForeignKey("members.Membership", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "cause"], condition=models.Q(resolved_at__isnull=True), name="problem_open_once"
            ),
            models.CheckConstraint(name="problem_severity", condition=models.Q(severity__in=SEVERITIES)),
        ]
        indexes = [
            models.Index(fields=["organization", "resolved_at", "-opened_at"], name="problem_open"),
            models.Index(fields=["organization", "about_id"], name="problem_about"),
        ]

    def __str__(self) -> str:
        return self.title
