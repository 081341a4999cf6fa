"""An open door for one person: invited by e-mail, accepted once."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Lower

from compliance.members.roles import Role
from compliance.tenancy.models import TenantModel


class Invitation(TenantModel):
    """Only the digest of the secret in the mail is kept. Open while neither accepted nor revoked and not yet expired."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=20, choices=[(each.value, each.value) for each in Role])
    digest = models.BinaryField(max_length=32)
    invited_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", Lower("email"), condition=models.Q(accepted_at=None, revoked_at=None), name="invitation_open_once"
            ),
            models.CheckConstraint(name="invitation_role", condition=models.Q(role__in=[each.value for each in Role])),
            models.CheckConstraint(name="invitation_ends_once", condition=models.Q(accepted_at=None) | models.Q(revoked_at=None)),
        ]

    def __str__(self) -> str:
        return self.email

    def is_open(self, now: datetime) -> bool:
        """Whether it can be accepted at `now`."""
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at
