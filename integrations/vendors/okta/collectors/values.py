"""Values of a parsed answer, read with their type: what is absent or of another type is unknown, never guessed."""

import re
from collections.abc import Mapping
from typing import Any

from evidence.facts import instants

Row = Mapping[str, Any]
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def flag(row: Row, name: str) -> bool | None:
    """A switch; None when absent or no boolean."""
    value = row.get(name)
    return value if isinstance(value, bool) else None


def number(row: Row, name: str) -> int | None:
    """A whole number; None when absent or none."""
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else None


def text(row: Row, name: str) -> str | None:
    """A text; None when absent or none."""
    value = row.get(name)
    return value if isinstance(value, str) else None


def word(row: Row, name: str) -> str:
    """A text that is empty when absent."""
    return text(row, name) or ""


def instant(row: Row, name: str) -> str | None:
    """An instant as facts write it; None when absent or none."""
    value = text(row, name)
    if value is None or not INSTANT.fullmatch(value):
        return None
    try:
        return instants.to_text(instants.from_text(value))
    except (ValueError, OverflowError):  # no such day, or one before the first year in UTC
        return None


def day(row: Row, name: str) -> str | None:
    """The UTC day of an instant, as its midnight; "" when the vendor says null (never), None when it says nothing."""
    if name in row and row[name] is None:
        return ""
    found = instant(row, name)
    return f"{found[:10]}T00:00:00Z" if found is not None else None


def inner(row: Row, name: str) -> Row:
    """A nested object, empty when absent or none."""
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}


def rows(row: Row, name: str) -> list[Row]:
    """A list of objects; entries of another type are left out."""
    value = row.get(name)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def needed(row: Row, name: str) -> Any:
    """A value without which the row means nothing. Raises KeyError when it is absent or null."""
    if row.get(name) is None:
        raise KeyError(name)
    return row[name]


def identifier(row: Row, name: str = "id") -> str:
    """An id. Raises KeyError when it is absent, TypeError when it is no text or empty."""
    value = needed(row, name)
    if not isinstance(value, str) or not value:
        raise TypeError(f"{name} is no text")
    return value


def words(row: Row, name: str) -> tuple[str, ...] | None:
    """A list of texts, in order and each once; None when there is no list."""
    value = row.get(name)
    return tuple(sorted({each for each in value if isinstance(each, str)})) if isinstance(value, list) else None


def lower(row: Row, name: str) -> str | None:
    """A word of the vendor's in small letters; None when absent."""
    value = text(row, name)
    return value.lower() if value is not None else None


def one_of(row: Row, name: str, yes: str, no: str) -> bool | None:
    """A word that says yes or no; None for any other."""
    return {yes: True, no: False}.get(word(row, name))


def last_part(address: str) -> str:
    """The id at the end of an address; "" for one without."""
    return address.rstrip("/").rpartition("/")[2] if "/" in address else ""
