"""The register of privileged access: who may administrate what, approved by whom, until when."""

from django.db import models

from compliance.tenancy.models import TenantModel


class RegisterEntry(TenantModel):
    """One approved privilege of a person, or of an account that is nobody's, at one system. `system` is a vendor key; the approver is never
    the one who gets the access (held by the service, by name)."""

    person = models.ForeignKey(
        "people.Person", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    account = models.ForeignKey(
        "people.Account", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    system = models.CharField(max_length=30)
    role = models.CharField(max_length=200, blank=True)
    approver = models.CharField(max_length=200)
    reason = models.TextField()
    since = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    entered_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="register_of_one",
                condition=models.Q(person__isnull=False, account=None) | models.Q(person=None, account__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["organization", "ended_at", "-since"], name="register_open")]

    def __str__(self) -> str:
        return f"{self.system} {self.role}".strip()
