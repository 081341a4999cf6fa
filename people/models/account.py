"""An account of any system, and whose it was from when to when."""

from django.db import models

from compliance.tenancy.models import TenantModel

HOLDERS = ("person", "service", "shared", "external", "break_glass", "ignored", "conflict", "unknown")


class Account(TenantModel):
    """One row per account; rewritten by pairing, only where something changed. `key` is system, account at the system, kind and the
    vendor's own id, joined by “/”. `candidates` are keys of persons between whom somebody has to decide."""

    key = models.CharField(max_length=700)
    system = models.CharField(max_length=30)
    category = models.CharField(max_length=20)
    source = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    login = models.CharField(max_length=320, blank=True)
    email = models.CharField(max_length=320, blank=True)
    name = models.CharField(max_length=300, blank=True)
    enabled = models.BooleanField(null=True)
    interactive = models.BooleanField(null=True)
    mfa = models.BooleanField(null=True)
    privileged = models.BooleanField(null=True)
    rights = models.JSONField(default=list)
    last_use = models.CharField(max_length=30, null=True)
    holder = models.CharField(max_length=12, default="unknown")
    holder_since = models.DateTimeField()
    person = models.ForeignKey(
        "people.Person", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    rule = models.CharField(max_length=30, blank=True)
    explanation = models.CharField(max_length=600, blank=True)
    candidates = models.JSONField(default=list)
    subject_id = models.UUIDField()  # of the evidence
    first_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="account_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="account_in_organization"),
            models.CheckConstraint(name="account_holder", condition=models.Q(holder__in=HOLDERS)),
        ]
        indexes = [
            models.Index(fields=["organization", "person"], name="account_of_person"),
            models.Index(fields=["organization", "holder", "login", "id"], name="account_by_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.login or self.name} ({self.system})"


class Pairing(TenantModel):
    """That an account was a person's from `since` to `until` (open while None): by which rule, in words, and who decided, where it was
    a person's decision. Rows are closed, never rewritten, so that a past verdict can be explained."""

    account = models.ForeignKey("people.Account", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    person = models.ForeignKey("people.Person", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    rule = models.CharField(max_length=30)
    rules_version = models.PositiveSmallIntegerField(default=1)
    explanation = models.CharField(max_length=600)
    decided_by = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "account"], condition=models.Q(until=None), name="pairing_open_once"),
            models.CheckConstraint(name="pairing_forward", condition=models.Q(until=None) | models.Q(until__gte=models.F("since"))),
        ]
        indexes = [models.Index(fields=["organization", "person", "since"], name="pairing_of_person")]
