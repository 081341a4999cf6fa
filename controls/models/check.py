"""A monitoring check as this organization runs it, its counters and their history by change."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Check(TenantModel):
    """The present of one check: enabled or not, parameters, and counters kept in the same transaction as its verdicts.

    `state` is a CheckState. `empty_explained` is a person's signed explanation why nobody falls under the claim; without it an empty
    population is not observed, never met."""

    check_id = models.CharField(max_length=80)
    enabled = models.BooleanField(default=True)
    logic_version = models.PositiveSmallIntegerField(default=0)  # 0: no logic, the source is missing
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=16, default="no_data")
    detail = models.TextField(blank=True)
    since = models.DateTimeField()
    passing = models.PositiveIntegerField(default=0)
    failing = models.PositiveIntegerField(default=0)
    waived = models.PositiveIntegerField(default=0)
    not_applicable = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    evaluated_at = models.DateTimeField(null=True)
    empty_explained = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "check_id"], name="check_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="check_in_organization"),
        ]

    def __str__(self) -> str:
        return self.check_id

    @property
    def population(self) -> int:
        """Subjects that the claim speaks of, decided or not."""
        return self.passing + self.failing + self.unknown


class CheckPoint(TenantModel):
    """State and counters of a check from `at` on, written only when they changed: lanes and charts read these."""

    INSERT_ONLY = True

    check_row = models.ForeignKey(
        Check, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False, db_column="check_row_id"
    )
    at = models.DateTimeField()
    state = models.CharField(max_length=16)
    detail = models.TextField(blank=True)
    passing = models.PositiveIntegerField()
    failing = models.PositiveIntegerField()
    waived = models.PositiveIntegerField()
    not_applicable = models.PositiveIntegerField()
    unknown = models.PositiveIntegerField()
    explained = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["organization", "check_row", "-at", "-id"], name="check_point_latest")]


class CheckVersion(TenantModel):
    """Logic and parameters in force from `from_at`, with the counts before and after on the same data."""

    INSERT_ONLY = True

    check_row = models.ForeignKey(
        Check, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False, db_column="check_row_id"
    )
    logic_version = models.PositiveSmallIntegerField()
    logic_digest = models.CharField(max_length=64, blank=True)
    parameters = models.JSONField(default=dict)
    from_at = models.DateTimeField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "check_row", "-from_at"], name="check_version_latest")]
