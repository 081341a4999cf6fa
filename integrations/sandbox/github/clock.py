"""How GitHub writes an instant."""

from datetime import UTC, datetime


def stamp(instant: datetime | None) -> str | None:
    """GitHub's form of an instant: `2026-03-01T12:00:00Z`; None for None."""
    return None if instant is None else instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
