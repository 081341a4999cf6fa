"""Reading waivers."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from controls.models import Waiver


def waivers_of_checks(check_rows: Iterable[uuid.UUID]) -> list[Waiver]:
    """Waivers of these checks, newest first."""
    return list(Waiver.objects.filter(check_row__in=list(check_rows)).select_related("check_row", "subject").order_by("-from_at")[:50])


def waivers_ending(after: datetime, until: datetime) -> list[Waiver]:
    """Waivers in force whose end lies between two instants, soonest first, with their check."""
    ending = Waiver.objects.filter(ended_at=None, until_at__gt=after, until_at__lte=until)
    return list(ending.select_related("check_row").order_by("until_at"))
