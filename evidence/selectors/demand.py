"""What is asked of the collectors."""

from datetime import datetime

from django.db.models import Min

from evidence.models import Demand


def demanded_kinds(vendor: str) -> list[str]:
    """Fact kinds that somebody needs from a vendor, or from whichever vendor has them; nothing else is read."""
    return sorted(Demand.objects.filter(vendor__in=["", vendor]).values_list("kind", flat=True).distinct())


def demanded_since(vendor: str) -> datetime | None:
    """How far back events are wanted at the first reading: the earliest period's start, where one is set."""
    return Demand.objects.filter(vendor__in=["", vendor]).aggregate(earliest=Min("since"))["earliest"]


def is_demanded(asked_by: str, kinds: int) -> bool:
    """Whether `asked_by` already asks for that many kinds."""
    return Demand.objects.filter(asked_by=asked_by).count() >= kinds
