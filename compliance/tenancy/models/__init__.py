"""Models of the tenancy room."""

from compliance.tenancy.models.organization import FormerSlug, Organization
from compliance.tenancy.models.tenant import ScopedManager, TenantModel

__all__ = ["FormerSlug", "Organization", "ScopedManager", "TenantModel"]
