"""One collection run and what it did per stream."""

from django.db import models

from compliance.tenancy.models import TenantModel

RUN_STATES = ("running", "recorded", "evaluated", "ended")
OUTCOMES = ("", "complete", "partial", "failed", "cancelled")


class Run(TenantModel):
    """`observed_at` is our clock when reading ended; `state` moves running → recorded → evaluated (or ended, when nothing could be
    read). `collector_digest` identifies the code that read. `news` is not stored: kinds of which this run says something else than was
    known before about how well they are seen; None where nobody knows any more (the process that recorded it has died)."""

    news: frozenset[str] | None = None

    source = models.ForeignKey(
        "evidence.Source", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    connection_id = models.UUIDField()
    vendor = models.CharField(max_length=30)
    state = models.CharField(max_length=12, default="running")
    outcome = models.CharField(max_length=12, blank=True)
    started_at = models.DateTimeField()
    observed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=200)
    connector_version = models.CharField(max_length=40)
    principal = models.CharField(max_length=300, blank=True)
    kinds = models.JSONField(default=list)
    calls = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    fault_kind = models.CharField(max_length=30, blank=True)
    fault = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="run_in_organization"),
            models.CheckConstraint(name="run_state", condition=models.Q(state__in=RUN_STATES)),
            models.CheckConstraint(name="run_outcome", condition=models.Q(outcome__in=OUTCOMES)),
        ]
        indexes = [
            models.Index(fields=["organization", "connection_id", "-started_at"], name="run_of_connection"),
            models.Index(fields=["organization", "state"], condition=models.Q(state__in=["running", "recorded"]), name="run_unfinished"),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} run of {self.started_at:%Y-%m-%d %H:%M} UTC"


class RunStream(TenantModel):
    """What one run did for one stream."""

    INSERT_ONLY = True

    run = models.ForeignKey("evidence.Run", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    stream = models.ForeignKey("evidence.Stream", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    outcome = models.CharField(max_length=12)
    completeness = models.CharField(max_length=20)
    received = models.PositiveIntegerField()
    expected = models.PositiveIntegerField(null=True)
    duplicates = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    skips = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "run", "kind"], name="run_stream_once")]
        indexes = [models.Index(fields=["organization", "stream", "-id"], name="run_stream_latest")]


class LedgerEntry(TenantModel):
    """One request of a run (connectors.md 3.4). Holds no secrets."""

    INSERT_ONLY = True

    run = models.ForeignKey("evidence.Run", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    operation = models.CharField(max_length=200)
    parameters = models.JSONField(default=dict)
    partition = models.CharField(max_length=200, blank=True)
    page = models.PositiveIntegerField(default=1)
    rows = models.PositiveIntegerField(null=True)
    total = models.PositiveIntegerField(null=True)
    more = models.BooleanField(default=False)
    status = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    vendor_time = models.DateTimeField(null=True)
    request_id = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    quota_limit = models.PositiveIntegerField(null=True)
    quota_remaining = models.PositiveIntegerField(null=True)
    not_modified = models.BooleanField(default=False)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "run", "number"], name="ledger_entry_once")]
