"""What is asked of the collectors."""

from evidence.models import Demand


def demanded_kinds(vendor: str) -> list[str]:
    """Fact kinds that somebody needs from a vendor; nothing else is read."""
    return sorted(Demand.objects.filter(vendor=vendor).values_list("kind", flat=True).distinct())
