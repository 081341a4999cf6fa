"""Values of a parsed answer, read with their type: what is absent or of another type is unknown, never guessed."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from evidence.facts import instants

Row = Mapping[str, Any]
DAY = re.compile(r"\d{4}-\d\d-\d\d")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
NO_DAY = ("", "0000-00-00")
LONGEST = 500  # characters of a name or title that mean something
MOST = 20_000  # rows of one person's history


def text(row: Row, name: str) -> str | None:
    """A text without blanks around it; None when absent, null or none. Numbers count as what they are written as."""
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return str(value)
    return value.strip()[:LONGEST] if isinstance(value, str) else None


def filled(row: Row, name: str) -> str | None:
    """A field of a record: "" where the vendor says that it is empty, None where it was not shown."""
    return "" if name in row and row[name] is None else text(row, name)


def day(row: Row, name: str) -> str | None:
    """A calendar day; "" where the vendor says that there is none, None when absent or no day."""
    if name in row and row[name] is None:
        return ""
    value = text(row, name)
    if value in NO_DAY:
        return ""
    return value if value is not None and is_day(value) else None


def is_day(value: str) -> bool:
    """Whether a text is a day of the calendar."""
    if not DAY.fullmatch(value) or not value.isascii():
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def instant(row: Row, name: str) -> str | None:
    """An instant as facts write it; None when absent or none."""
    value = row.get(name)
    if not isinstance(value, str) or not value.isascii() or not INSTANT.fullmatch(value):
        return None
    try:
        return instants.to_text(instants.from_text(value))
    except (ValueError, OverflowError):  # no such day, or one before the first year in UTC
        return None


def needed(row: Row, name: str) -> str:
    """A text without which the row means nothing. Raises KeyError when it is absent or empty."""
    value = text(row, name)
    if not value:
        raise KeyError(name)
    return value
