"""All facts of one kind out of one source, and when they were really observed."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Stream(TenantModel):
    """`observed_until` is the end of the present coverage piece; at `stale_at` the stream counts as not observed unless a
    complete run came before. `trouble` names why the last run could not read it (empty when it could). `whole_digest` stands for all
    that the stream held when it was last read whole (see evidence.services.wholeness); a trigger empties it whenever one of its subjects
    is written, so that it never stands for anything else than what is there, and counts these writings in `subject_writes`."""

    source = models.ForeignKey("evidence.Source", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    vendor = models.CharField(max_length=30)
    kind = models.CharField(max_length=40)
    mode = models.CharField(max_length=12, default="snapshot")
    completeness = models.CharField(max_length=20, default="none")
    staleness_seconds = models.PositiveIntegerField(default=3 * 3600)
    observed_until = models.DateTimeField(null=True)
    stale_at = models.DateTimeField(null=True)
    stale_marked = models.BooleanField(default=False)
    trouble = models.CharField(max_length=30, blank=True)
    trouble_detail = models.TextField(blank=True)
    denied = models.JSONField(default=list)  # operations refused in the last run
    cursor = models.JSONField(default=dict)
    whole_digest = models.CharField(max_length=64, blank=True)
    subject_writes = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "source", "kind"], name="stream_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="stream_in_organization"),
        ]
        indexes = [
            models.Index(fields=["organization", "vendor", "kind"], name="stream_kind"),
            models.Index(fields=["organization", "stale_at"], condition=models.Q(stale_marked=False), name="stream_stale"),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.kind}"


class Coverage(TenantModel):
    """From the first to the last complete run, joined while the gap between two is within the allowed staleness."""

    stream = models.ForeignKey("evidence.Stream", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    runs = models.PositiveIntegerField(default=1)
    longest_gap_seconds = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "stream", "from_at"], name="coverage_once"),
            models.CheckConstraint(name="coverage_forward", condition=models.Q(until_at__gte=models.F("from_at"))),
        ]
