"""Reading connections."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evidence.selectors.runs import runs
from integrations.models import Connection, Due

if TYPE_CHECKING:
    from evidence.models import Run


def connection_count() -> int:
    """Connections that are not deleted."""
    return Connection.objects.exclude(state="deleted").count()


def all_connections() -> Sequence[Connection]:
    """Connections that are not deleted, by name."""
    return list(Connection.objects.exclude(state="deleted").order_by("name"))


def due_of(connection_id: uuid.UUID) -> Due:
    """The work list row of a connection."""
    return Due.objects.get(connection_id=connection_id)


def runs_of(connection_id: uuid.UUID, limit: int = 50) -> "Sequence[Run]":
    """The latest runs of a connection, newest first."""
    return list(runs(connection_id=connection_id).order_by("-started_at")[:limit])
