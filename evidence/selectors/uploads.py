"""Reading uploads and push sessions of items."""

import uuid
from collections.abc import Sequence

from evidence.models import ItemSession, SessionItem, Upload


def upload_of(upload_id: uuid.UUID, user_id: uuid.UUID) -> Upload | None:
    """An unfinished upload of that person."""
    return Upload.objects.filter(pk=upload_id, user_id=user_id).first()


def item_sessions(limit: int = 100) -> Sequence[ItemSession]:
    """The latest sessions, newest first."""
    return list(ItemSession.objects.order_by("-opened_at")[:limit])


def item_session(session_id: uuid.UUID) -> ItemSession | None:
    """One."""
    return ItemSession.objects.filter(pk=session_id).first()


def items_received(session_id: uuid.UUID) -> list[tuple[str, str, int]]:
    """(key, sha256, size) of what a session holds, by key."""
    rows = SessionItem.objects.filter(session_id=session_id).order_by("key")
    return list(rows.values_list("key", "sha256", "size"))
