"""Who holds which connection."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from evidence.selectors.runs import runs_in_state
from integrations.fed import FED
from integrations.models import Due

if TYPE_CHECKING:
    from evidence.models import Run

RECORDING_AT_MOST = timedelta(minutes=10)  # of facts that are brought or pushed: nobody holds their connection, a page records them


def abandoned_runs(now: datetime) -> "list[Run]":
    """Runs that count as running while nobody holds their connection any more."""
    held = Due.objects.filter(connection_id=OuterRef("connection_id"), lease_until__gt=now)
    being_fed = Q(vendor__in=list(FED), started_at__gt=now - RECORDING_AT_MOST)
    return list(runs_in_state("running").exclude(Exists(held)).exclude(being_fed))
