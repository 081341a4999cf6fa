"""Who is in which organization, in which role."""

from typing import ClassVar

from django.db import models

from compliance.members.roles import Role
from compliance.tenancy.models import TenantModel


class Membership(TenantModel):
    """One person in one organization. A user may read the own memberships before any organization is in scope
    (second policy: own_rows)."""

    READABLE_BY_USER: ClassVar[str] = "user_id"

    user = models.ForeignKey("members.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    role = models.CharField(max_length=20, choices=[(each.value, each.value) for each in Role])
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="membership_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="membership_in_organization"),
            models.CheckConstraint(name="membership_role", condition=models.Q(role__in=[each.value for each in Role])),
        ]
        indexes = [models.Index(fields=["user"], name="membership_user")]

    def __str__(self) -> str:
        return f"{self.user} as {self.role}"
