"""Instants and days as people read them: absolute, in the reader's zone, with the UTC instant beside it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS_IN_FULL = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)  # fmt: skip


def zone_of(name: object) -> dt.tzinfo:
    """The time zone called ``name`` (an IANA name or a tzinfo). Raises ``ValueError`` for a name that nobody knows."""
    if isinstance(name, dt.tzinfo):
        return name
    try:
        return ZoneInfo(str(name or "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"Unknown time zone {name!r}; use an IANA name such as Europe/Berlin.") from None


def utc_instant(value: dt.datetime | float) -> dt.datetime:
    """``value`` (aware datetime or epoch seconds) in UTC. Raises ``ValueError`` for a datetime without a zone."""
    if isinstance(value, (int, float)):
        return dt.datetime.fromtimestamp(value, dt.UTC)
    if value.tzinfo is None:
        raise ValueError("An instant needs a time zone; a datetime without one is ambiguous.")
    return value.astimezone(dt.UTC)


def iso(value: dt.datetime | float) -> str:
    """UTC instant as RFC 3339 with a Z, whole seconds: ``2026-07-11T08:42:00Z``."""
    return utc_instant(value).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def zone_word(moment: dt.datetime) -> str:
    """``UTC``, ``CEST`` or, for zones without letters, ``UTC−03``."""
    word = moment.tzname() or "UTC"
    return f"UTC{word.replace('-', '−')}" if word[:1] in "+-" else word


def day_text(day: dt.date, *, year: bool = True) -> str:
    """``11 Jul 2026``, or ``11 Jul``."""
    text = f"{day.day} {MONTHS[day.month - 1]}"
    return f"{text} {day.year}" if year else text


def day_in_full(day: dt.date) -> str:
    """``11 July 2026``, for text alternatives that are read aloud."""
    return f"{day.day} {MONTHS_IN_FULL[day.month - 1]} {day.year}"


def instant_text(value: dt.datetime | float, zone: object = "UTC", style: str = "full") -> str:
    """``full``: 11 Jul 2026, 10:42 CEST; ``short``: 11 Jul, 10:42 CEST; ``time``: 10:42 CEST; ``day``: 11 Jul 2026."""
    local = utc_instant(value).astimezone(zone_of(zone))
    clock = f"{local:%H:%M} {zone_word(local)}"
    if style == "time":
        return clock
    if style == "day":
        return day_text(local.date())
    if style == "short":
        return f"{day_text(local.date(), year=False)}, {clock}"
    if style == "full":
        return f"{day_text(local.date())}, {clock}"
    raise ValueError(f"Unknown style {style!r} of an instant; use full, short, time or day.")


def days_text(first: dt.date, last: dt.date) -> str:
    """A range of days with both ends: ``1 Oct 2025 – 30 Sep 2026``; the year is said once if it is the same."""
    if first == last:
        return day_text(first)
    return f"{day_text(first, year=first.year != last.year)} – {day_text(last)}"
