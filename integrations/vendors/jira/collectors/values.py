"""Values of a parsed answer, read with their type: what is absent or of another type is unknown, never guessed."""

import re
from collections.abc import Mapping
from typing import Any

from evidence.facts import instants

Row = Mapping[str, Any]
INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d):?(\d\d)?")


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
    """An instant as facts write it; None when absent or none. Jira writes `2026-03-01T12:00:00.000+0100`."""
    value = text(row, name)
    found = INSTANT.fullmatch(value) if value is not None else None
    if found is None:
        return None
    offset = "Z" if found[3] == "Z" else f"{found[3]}:{found[4] or '00'}"
    try:
        return instants.to_text(instants.from_text(f"{found[1]}{offset}"))
    except (ValueError, OverflowError):  # no such day, or one before the first year in UTC
        return None


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


def issue_subject(number: str) -> str:
    """The subject of a ticket: ids outlive moves into another project, which change the key."""
    return f"issue:{number}"


def project_subject(number: str) -> str:
    """The subject of a project: ids outlive renamed keys."""
    return f"project:{number}"
