"""Reading occurrences."""

import uuid
from datetime import datetime

from controls.models import Occurrence


def next_occurrences(at: datetime, limit: int = 10) -> list[Occurrence]:
    """What is due next, not yet performed, soonest first; late ones come first of all."""
    return list(Occurrence.objects.filter(performed_at=None, opens_at__lte=at).select_related("control").order_by("due_at")[:limit])


def occurrences_due(control_id: uuid.UUID, until: datetime) -> list[Occurrence]:
    """Occurrences of a control that fall due up to an instant, soonest first, performed or not."""
    return list(Occurrence.objects.filter(control_id=control_id, due_at__lte=until).order_by("due_at"))


def occurrences_of(control_id: object) -> list[Occurrence]:
    """All occurrences of a control, newest first."""
    return list(Occurrence.objects.filter(control_id=control_id).order_by("-due_at")[:60])
