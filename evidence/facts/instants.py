"""Instants inside facts: RFC 3339 text in UTC with seconds, ending in Z, so that equal instants are equal bytes."""

from datetime import UTC, datetime


def to_text(instant: datetime | None) -> str | None:
    """`2026-03-01T12:00:00Z` for an aware datetime, None for None. Raises ValueError for a naive one."""
    if instant is None:
        return None
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone means nothing; give an aware datetime")
    return instant.astimezone(UTC).replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> datetime:
    """The aware UTC datetime of an RFC 3339 text. Raises ValueError when it is none."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no zone")
    return instant.astimezone(UTC)
