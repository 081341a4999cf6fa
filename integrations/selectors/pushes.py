"""Reading push sessions."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Sum

from integrations.models import PushChunk, PushSession


def push_sessions(limit: int = 50) -> Sequence[PushSession]:
    """The latest, newest first."""
    return list(PushSession.objects.order_by("-opened_at")[:limit])


def push_session(session_id: uuid.UUID) -> PushSession | None:
    """One."""
    return PushSession.objects.filter(pk=session_id).first()


def received_of(session_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """By session: how many pieces, lines and bytes are here."""
    rows = PushChunk.objects.filter(session_id__in=list(session_ids)).values("session_id")
    return {
        row["session_id"]: {"chunks": row["chunks"], "lines": row["lines_"], "bytes": row["bytes_"]}
        for row in rows.annotate(chunks=Count("id"), lines_=Sum("lines"), bytes_=Sum("size"))
    }


def numbers_of(session_id: uuid.UUID) -> list[int]:
    """The numbers of the pieces that are here, in order."""
    return list(PushChunk.objects.filter(session_id=session_id).order_by("number").values_list("number", flat=True))
