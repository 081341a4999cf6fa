"""Frozen populations, who reviewed them, and those that are being frozen."""

from typing import ClassVar

from django.db import models

from compliance.tenancy.models import TenantModel

FREEZING_STATES = ("waiting", "running", "done", "failed")


class Population(TenantModel):
    """The rows of one kind and period, fixed for good. `jsonl` is the population (its SHA-256 is `rows_digest`), `csv` the same as a table;
    both lie in the vault. `from_at` and `until_at` are half-open. `independent_count` is the vendor's own total, where it gives one for the
    same thing. `previous`: what this one tops up; the two share no row.

    `definition`, `gaps`, `completeness` and `reconciliation` are what was true when it was frozen, so that its sheet never changes."""

    INSERT_ONLY = True

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    source = models.ForeignKey(
        "evidence.Source", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    definition = models.JSONField()
    row_count = models.PositiveIntegerField()
    independent_count = models.PositiveIntegerField(null=True)
    ids_digest = models.CharField(max_length=64)
    rows_digest = models.CharField(max_length=64)
    jsonl = models.CharField(max_length=64)
    jsonl_size = models.PositiveBigIntegerField()
    csv = models.CharField(max_length=64)
    csv_size = models.PositiveBigIntegerField()
    gaps = models.JSONField(default=list)
    completeness = models.JSONField(default=dict)
    reconciliation = models.JSONField(default=dict)
    known_at = models.DateTimeField()
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=200)
    previous = models.ForeignKey(
        "evidence.Population", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="population_in_organization"),
            models.CheckConstraint(name="population_forward", condition=models.Q(until_at__gt=models.F("from_at"))),
        ]
        indexes = [models.Index(fields=["organization", "-frozen_at", "-id"], name="population_latest")]

    def __str__(self) -> str:
        return self.title


class PopulationReview(TenantModel):
    """That somebody looked at completeness and accuracy of a frozen population, when, and what they found."""

    INSERT_ONLY = True

    population = models.ForeignKey(
        "evidence.Population", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    reviewed_by = models.CharField(max_length=200)
    reviewed_at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["organization", "population", "-reviewed_at"], name="population_review_latest")]


class Freezing(TenantModel):
    """The work list of freezing: what was asked for and what became of it. Operational: how far it is lies in the cache, and its worker
    proves there that it lives; the deed itself is on the trail."""

    OPERATIONAL: ClassVar[bool] = True

    kind = models.CharField(max_length=40)
    source_id = models.UUIDField(null=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    options = models.JSONField(default=dict)
    title = models.CharField(max_length=200)
    previous_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="waiting")
    trouble = models.TextField(blank=True)
    population_id = models.UUIDField(null=True)
    asked_by = models.CharField(max_length=200)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="freezing_state", condition=models.Q(state__in=FREEZING_STATES))]
        indexes = [
            models.Index(fields=["organization", "state"], condition=models.Q(state__in=["waiting", "running"]), name="freezing_open")
        ]
