"""Who holds which connection."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from evidence.models import Run
from integrations.models import Due


def abandoned_runs(now: datetime) -> list[Run]:
    """Runs that count as running while nobody holds their connection any more."""
    held = Due.objects.filter(connection_id=OuterRef("connection_id"), lease_until__gt=now)
    return list(Run.objects.filter(state="running").exclude(Exists(held)))
