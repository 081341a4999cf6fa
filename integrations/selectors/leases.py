"""Who holds which connection."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from evidence.selectors.runs import runs_in_state
from integrations.models import Due

if TYPE_CHECKING:
    from evidence.models import Run


def abandoned_runs(now: datetime) -> "list[Run]":
    """Runs that count as running while nobody holds their connection any more."""
    held = Due.objects.filter(connection_id=OuterRef("connection_id"), lease_until__gt=now)
    return list(runs_in_state("running").exclude(Exists(held)))
