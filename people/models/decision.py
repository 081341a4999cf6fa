"""What people decided about accounts, and which systems the company does not have."""

from django.db import models

from compliance.tenancy.models import TenantModel

DECISIONS = ("person", "service", "shared", "external", "break_glass", "ignored")
CATEGORIES = ("hr", "identity", "cloud", "code", "tickets")


class Decision(TenantModel):
    """One decision about one account, in force from `since` until `ended_at`: it is this person's, or it is nobody's and of this kind,
    with the one who answers for it. An expired classification stays in force and fails its check: that is the reminder."""

    account = models.ForeignKey("people.Account", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
    person = models.ForeignKey(
        "people.Person", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12)
    owner = models.ForeignKey(
        "people.Person", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    kept_in = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField(null=True)
    reason = models.TextField()
    decided_by = models.CharField(max_length=200)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "account"], condition=models.Q(ended_at=None), name="decision_open_once"),
            models.CheckConstraint(name="decision_kind", condition=models.Q(kind__in=DECISIONS)),
            models.CheckConstraint(
                name="decision_person", condition=models.Q(kind="person", person__isnull=False) | ~models.Q(kind="person")
            ),
        ]
        indexes = [models.Index(fields=["organization", "account", "-since"], name="decision_of_account")]

    def __str__(self) -> str:
        return self.kind


class UnusedSystem(TenantModel):
    """That the company has no system of a category, so that joins do not wait for it."""

    category = models.CharField(max_length=20)
    reason = models.TextField()
    decided_by = models.CharField(max_length=200)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "category"], name="unused_system_once"),
            models.CheckConstraint(name="unused_system_category", condition=models.Q(category__in=CATEGORIES)),
        ]

    def __str__(self) -> str:
        return self.category


class PairingDue(TenantModel):
    """That a decision waits to be taken into the joined facts: written with it, removed by pairing. A lost ring costs a tick."""

    asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="pairing_due_once")]
