"""What time it is for an organization. Only an organization labelled demo may live on a simulated clock."""

from datetime import UTC, datetime

from compliance.tenancy import scope
from compliance.tenancy.models import Organization


def now() -> datetime:
    """Our clock for the organization in scope: aware, UTC."""
    simulated = Organization.objects.filter(pk=scope.organization_id(), is_demo=True).values_list("clock", flat=True).first()
    return simulated or datetime.now(UTC)
