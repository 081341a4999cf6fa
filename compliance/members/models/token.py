"""Access for programs."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from compliance.members.roles import RIGHTS, Right, Role
from compliance.tenancy.models import TenantModel

SCHEME = "plumb_"  # lets secret scanners recognise a token that leaked


class ApiToken(TenantModel):
    """Acts for the member who made it, with at most that member's rights and at most `rights`; gone with the membership."""

    membership = models.ForeignKey("members.Membership", on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32)
    rights = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "id"], name="token_in_organization")]
        indexes = [models.Index(fields=["organization", "membership"], name="token_of_member")]

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """The part of the token that is no secret, to recognise it by."""
        return f"{SCHEME}{self.id.hex[:12]}"

    def is_live(self, now: datetime) -> bool:
        """Whether it opens anything at `now`."""
        return self.revoked_at is None and now < self.expires_at

    def allowed(self) -> frozenset[Right]:
        """What it may do now: its own rights, cut to those of its member's present role."""
        return frozenset(each for each in RIGHTS[Role(self.membership.role)] if each.value in self.rights)


class TokenUse(TenantModel):
    """When a token was last used, to the minute. Operational: a use is no deed of its own; what it does is on the trail."""

    OPERATIONAL: ClassVar[bool] = True

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+", db_index=False)
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "token"], name="token_use_once")]
