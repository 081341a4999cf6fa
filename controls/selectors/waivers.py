"""Reading waivers."""

import uuid
from collections.abc import Iterable

from controls.models import Waiver


def waivers_of_checks(check_rows: Iterable[uuid.UUID]) -> list[Waiver]:
    """Waivers of these checks, newest first."""
    return list(Waiver.objects.filter(check_row__in=list(check_rows)).select_related("check_row", "subject").order_by("-from_at")[:50])
