"""Verdicts: the open interval per check and subject, and the closed ones."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from compliance.tenancy.models import TenantModel


class Verdict(TenantModel):
    """What a check says of a subject now, and since when. Exactly one row per check and subject."""

    check_row = models.ForeignKey(
        "controls.Check", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False, db_column="check_row_id"
    )
    subject = models.ForeignKey("evidence.Subject", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    outcome = models.SmallIntegerField()
    reason = models.TextField()
    since = models.DateTimeField()
    holds_until = models.DateTimeField(null=True)
    record_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "check_row", "subject"], name="verdict_once")]
        indexes = [
            models.Index(fields=["organization", "holds_until"], condition=models.Q(holds_until__isnull=False), name="verdict_due"),
            models.Index(fields=["organization", "check_row", "since"], condition=~models.Q(outcome=0), name="verdict_not_passing"),
            models.Index(fields=["organization", "subject"], name="verdict_of_subject"),
        ]


class VerdictPast(TenantModel):
    """A closed verdict interval, insert-only, so that history cannot be rewritten."""

    INSERT_ONLY = True

    check_row = models.ForeignKey(
        "controls.Check", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False, db_column="check_row_id"
    )
    subject = models.ForeignKey("evidence.Subject", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    outcome = models.SmallIntegerField()
    reason = models.TextField()
    during = DateTimeRangeField()
    record_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "check_row", "subject", "during"], name="verdict_past_once"),
        ]
        indexes = [models.Index(fields=["organization", "subject"], name="verdict_past_of_subject")]
