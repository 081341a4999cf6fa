"""A person of the company, derived from the facts of the personnel systems."""

from django.db import models

from compliance.tenancy.models import TenantModel


class Person(TenantModel):
    """One row per person, however many records a personnel system holds of them; rewritten by pairing, only where something changed.
    `key` names the person for good; `records` are the keys of their records, the latest first. `ends` is the end of the last working day
    in the person's zone unless the personnel system gives a time;
    `revoked_at`: when the last identity was disabled, while none is open.."""

    key = models.CharField(max_length=400)
    name = models.CharField(max_length=300)
    email = models.CharField(max_length=320, blank=True)
    employee_number = models.CharField(max_length=100, blank=True)
    employment = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=20, blank=True)
    department = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    manager = models.CharField(max_length=400, blank=True)
    location = models.CharField(max_length=200, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    starts = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)
    end_entered = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    on_leave = models.BooleanField(default=False)
    records = models.JSONField(default=list)
    accounts = models.PositiveIntegerField(default=0)
    live_accounts = models.PositiveIntegerField(default=0)
    privileged = models.PositiveIntegerField(default=0)
    without_mfa = models.PositiveIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="person_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="person_in_organization"),
        ]
        indexes = [models.Index(fields=["organization", "name", "id"], name="person_by_name")]

    def __str__(self) -> str:
        return self.name
