"""One connection."""

import uuid

from integrations.models import Connection, Due


def connection_by_id(connection_id: uuid.UUID) -> Connection | None:
    """The connection, unless it is deleted."""
    return Connection.objects.filter(pk=connection_id).exclude(state="deleted").first()


def known_connection(connection_id: uuid.UUID) -> Connection:
    """The connection, also when it was deleted meanwhile. Raises Connection.DoesNotExist."""
    return Connection.objects.get(pk=connection_id)


def due_or_none(connection_id: uuid.UUID) -> Due | None:
    """The work list row of a connection."""
    return Due.objects.filter(connection_id=connection_id).first()


def external_id_is_taken(external_id: str) -> bool:
    """Whether a connection of the organization, deleted ones included, was made with that ExternalId."""
    return Connection.objects.filter(external_id=external_id).exists()
