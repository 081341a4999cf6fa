"""How Okta writes an instant."""

from datetime import UTC, datetime


def stamp(instant: datetime | None) -> str | None:
    """Okta's form of an instant: `2026-03-01T12:00:00.000Z`; None for None."""
    return None if instant is None else instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03}Z"
