"""Arithmetic on the instants of facts, so that reasons and `holds_until` depend on the fact and never on the clock."""

from datetime import UTC, date, datetime, timedelta

from evidence.facts import instants


def after(instant: str, *, days: int = 0, hours: int = 0) -> datetime:
    """The instant that many days and hours after the fact's instant. Raises ValueError when the text is no instant."""
    return instants.from_text(instant) + timedelta(days=days, hours=hours)


def day(instant: datetime | str) -> str:
    """`2026-04-03` (UTC), for reasons."""
    moment = instants.from_text(instant) if isinstance(instant, str) else instant.astimezone(UTC)
    return moment.strftime("%Y-%m-%d")


def minute(instant: datetime | str) -> str:
    """`2026-04-03 14:00 UTC`, for reasons where the hour matters."""
    moment = instants.from_text(instant) if isinstance(instant, str) else instant.astimezone(UTC)
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def end_of(last_day: date) -> datetime:
    """The instant at which a calendar day is over in UTC: what is supported until that day is no longer supported from here."""
    return datetime(last_day.year, last_day.month, last_day.day, tzinfo=UTC) + timedelta(days=1)


def start_of(first_day: date) -> datetime:
    """The instant at which a calendar day begins in UTC: what is deprecated on that day is so from here."""
    return datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC)
