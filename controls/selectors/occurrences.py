"""Reading occurrences."""

import uuid
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from controls.models import Occurrence


class Deadline(NamedTuple):
    """What falls due when, for a list."""

    due_at: datetime
    code: str
    title: str


def next_occurrences(at: datetime, limit: int = 10) -> list[Occurrence]:
    """What is due next, not yet performed, soonest first; late ones come first of all."""
    return list(Occurrence.objects.filter(performed_at=None, opens_at__lte=at).select_related("control").order_by("due_at")[:limit])


def deadlines(at: datetime, limit: int = 10) -> QuerySet:
    """(due, code, title of the control) of `next_occurrences`, to be asked together with other things."""
    rows = Occurrence.objects.filter(performed_at=None, opens_at__lte=at).order_by("due_at")
    return rows.values_list("due_at", "control__code", "control__title")[:limit]


def occurrences_due(control_id: uuid.UUID, until: datetime) -> list[Occurrence]:
    """Occurrences of a control that fall due up to an instant, soonest first, performed or not."""
    return list(Occurrence.objects.filter(control_id=control_id, due_at__lte=until).order_by("due_at"))


def occurrences_owned(at: datetime, until: datetime, limit: int = 500) -> list[Occurrence]:
    """Occurrences of controls in force that are not performed, have opened by `at` and are due until an instant, with their control."""
    open_ones = Occurrence.objects.filter(performed_at=None, opens_at__lte=at, due_at__lte=until, control__retired_at=None)
    return list(open_ones.select_related("control").order_by("due_at")[:limit])
