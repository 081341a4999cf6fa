"""Days of employment in a person's own time zone, and working days, so that an end means the same instant everywhere.

Working days are Monday to Friday; public holidays are not known, which makes a time limit shorter, never longer.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SATURDAY = 5


def is_day(text: str | None) -> bool:
    """Whether a text is a day such as `2026-03-01`, neither the first nor the last of the calendar."""
    if text is None or len(text) != 10:
        return False
    try:
        return date(2, 1, 1) < date.fromisoformat(text) < date(9998, 1, 1)
    except ValueError:
        return False


def end_of_day(day: str, zone: str | None) -> datetime:
    """The instant at which a day is over in that zone (UTC where none is known), in UTC. Raises ValueError when it is no day."""
    following = date.fromisoformat(day) + timedelta(days=1)
    return datetime.combine(following, time(), _zone(zone)).astimezone(UTC)


def working_days_after(day: str, count: int) -> str:
    """The day that is so many working days after another. Raises ValueError when it is no day."""
    found = date.fromisoformat(day)
    for _each in range(max(0, count)):
        found += timedelta(days=1)
        while found.weekday() >= SATURDAY:
            found += timedelta(days=1)
    return found.isoformat()


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
