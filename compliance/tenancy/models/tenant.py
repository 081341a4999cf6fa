"""Base of every table that belongs to an organization."""

from typing import Any, ClassVar

from django.db import models

from compliance.tenancy import scope
from compliance.tenancy.uuid7 import uuid7


class ScopedManager(models.Manager):
    """The default manager: rows of the organization in scope; raises NoScope when there is none (first wall)."""

    def get_queryset(self) -> models.QuerySet:
        """Rows of the organization in scope."""
        return super().get_queryset().filter(organization_id=scope.organization_id())


class TenantModel(models.Model):
    """A row of one organization. The second wall, row-level security, is issued by `compliance.tenancy.walls` for every
    concrete child after migrating; a child that was forgotten there would be unreachable, not unprotected.

    INSERT_ONLY: the application role gets neither UPDATE nor DELETE. OPERATIONAL: written without an action (leases,
    heartbeats), still behind both walls. READABLE_BY_USER: column whose user may read the row before a scope is open.
    """

    INSERT_ONLY: ClassVar[bool] = False
    OPERATIONAL: ClassVar[bool] = False
    READABLE_BY_USER: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # No database constraint: the policy's WITH CHECK proves the organization, and the constraint costs a third of recording.
    organization = models.ForeignKey(
        "tenancy.Organization", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+",
        default=scope.organization_id, editable=False,
    )  # fmt: skip

    objects = ScopedManager()
    unscoped = models.Manager()  # the loud bypass; a test lists the files that may use it

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuses to save a row of another organization than the one in scope."""
        if self.organization_id != scope.organization_id():
            raise scope.NoScope(f"{type(self).__name__} belongs to another organization than the one in scope")
        super().save(*args, **kwargs)
