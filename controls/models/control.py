"""A control of the organization, what it answers to and what decides it."""

from django.db import models

from compliance.tenancy.models import TenantModel

TYPES = ("preventive", "detective", "corrective")
NATURES = ("manual", "automated", "it_dependent_manual")
FREQUENCIES = (
    "continuous", "many_per_day", "daily", "weekly", "semi_monthly", "monthly", "quarterly", "semi_annual", "annual", "event", "on_demand",
)  # fmt: skip


class Control(TenantModel):
    """Adopted from the library (`library_code`) or written by the organization. One accountable owner."""

    code = models.CharField(max_length=20)
    library_code = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=200)
    statement = models.TextField()
    type = models.CharField(max_length=12)
    nature = models.CharField(max_length=20)
    frequency = models.CharField(max_length=14)
    grace_days = models.PositiveSmallIntegerField(default=0)
    key = models.BooleanField(default=False)
    area = models.CharField(max_length=40, blank=True)
    severity = models.CharField(max_length=10, default="medium")
    owner = models.ForeignKey("members.Membership", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    owner_role = models.CharField(max_length=80, blank=True)
    typical_evidence = models.JSONField(default=list)
    adopted_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="control_code"),
            models.UniqueConstraint(fields=["organization", "id"], name="control_in_organization"),
            models.CheckConstraint(name="control_type", condition=models.Q(type__in=TYPES)),
            models.CheckConstraint(name="control_nature", condition=models.Q(nature__in=NATURES)),
            models.CheckConstraint(name="control_frequency", condition=models.Q(frequency__in=FREQUENCIES)),
        ]
        indexes = [models.Index(fields=["organization", "retired_at", "code"], name="control_list")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class ControlCriterion(TenantModel):
    """Why a control answers to a criterion."""

    control = models.ForeignKey(Control, on_delete=models.CASCADE, related_name="+", db_index=False)
    criterion = models.ForeignKey("controls.Criterion", on_delete=models.PROTECT, related_name="+", db_index=False)
    rationale = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "control", "criterion"], name="control_criterion_once")]
        indexes = [models.Index(fields=["organization", "criterion"], name="control_criterion_of")]


class ControlCheck(TenantModel):
    """Which checks speak of a control. `design` and `operation` decide its state, `supporting` never does."""

    control = models.ForeignKey(Control, on_delete=models.CASCADE, related_name="+", db_index=False)
    check_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    rationale = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "control", "check_id"], name="control_check_once"),
            models.CheckConstraint(name="control_check_kind", condition=models.Q(kind__in=["design", "operation", "supporting"])),
        ]
        indexes = [models.Index(fields=["organization", "check_id"], name="control_check_of")]
