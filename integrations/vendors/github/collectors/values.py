"""Values of a parsed answer, read with their type: what is absent or of another type is unknown, never guessed."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
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


def from_millis(row: Row, name: str) -> str | None:
    """An instant given in milliseconds since 1970."""
    millis = number(row, name)
    if millis is None or not 0 <= millis < 32_503_680_000_000:  # up to the year 3000
        return None
    return instants.to_text(datetime.fromtimestamp(millis / 1000, UTC))


def inner(row: Row, name: str) -> Row:
    """A nested object, empty when absent or none."""
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}


def rows(row: Row, name: str) -> list[Row]:
    """A list of objects; entries of another type are left out."""
    value = row.get(name)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def nodes(row: Row, name: str) -> list[Row]:
    """The nodes of a GraphQL connection."""
    return rows(inner(row, name), "nodes")


def needed(row: Row, name: str) -> Any:
    """A value without which the row means nothing. Raises KeyError when it is absent or null."""
    if row.get(name) is None:
        raise KeyError(name)
    return row[name]


def numbered(row: Row, name: str = "id") -> int:
    """An id. Raises TypeError when it is no whole number, KeyError when absent."""
    value = needed(row, name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} is no number")
    return value


def user_subject(number: int) -> str:
    """The subject of an account: ids outlive renamed logins."""
    return f"user:{number}"


def repository_subject(number: int) -> str:
    """The subject of a repository: ids outlive renames and moves."""
    return f"repository:{number}"
