"""Reading the trail."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from compliance.trail.models import Entry


def latest_entries(
    *,
    before: uuid.UUID | None = None,
    subject_id: uuid.UUID | None = None,
    name: str = "",
    actor_id: uuid.UUID | None = None,
    limit: int = 50,
) -> Sequence[Entry]:
    """The newest entries first, at most `limit`, older than the entry `before` (keyset paging), filtered as given."""
    entries = Entry.objects.order_by("-id")
    if before is not None:
        entries = entries.filter(id__lt=before)
    if subject_id is not None:
        entries = entries.filter(subject_id=subject_id)
    if name:
        entries = entries.filter(name=name)
    if actor_id is not None:
        entries = entries.filter(actor_id=actor_id)
    return list(entries[:limit])


def entries_about(subject_id: uuid.UUID | QuerySet, limit: int = 20) -> QuerySet[Entry]:
    """The newest entries about one thing (its id, or a query for it), to be asked together with other things."""
    return Entry.objects.filter(subject_id=subject_id).order_by("-id")[:limit]


def entries_named(name: str, until: datetime) -> list[tuple[uuid.UUID, dict[str, Any]]]:
    """(subject, detail) of every entry of one name up to an instant, oldest first."""
    found = Entry.objects.filter(name=name, at__lte=until, subject_id__isnull=False).order_by("at", "id")
    return list(found.values_list("subject_id", "detail"))
