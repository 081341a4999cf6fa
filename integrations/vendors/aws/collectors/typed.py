"""Values of a parsed answer, read with their type: what is absent or of another type is unknown, never guessed.

JSON services are not checked against their model by the SDK, so a text may stand where a switch should be.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from evidence.facts import instants
from evidence.facts.tag import Tag, ordered
from integrations.errors import SchemaDrift

Row = Mapping[str, Any]


def flag(row: Row, name: str) -> bool | None:
    """A switch; None when absent or no boolean."""
    value = row.get(name)
    return value if isinstance(value, bool) else None


def number(row: Row, name: str) -> int | None:
    """A whole number; None when absent or none."""
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text(row: Row, name: str) -> str | None:
    """A text; None when absent or none."""
    value = row.get(name)
    return value if isinstance(value, str) else None


def word(row: Row, name: str) -> str:
    """A text that is empty when absent."""
    return text(row, name) or ""


def instant(row: Row, name: str) -> str | None:
    """An instant as facts write it; None when absent."""
    value = row.get(name)
    return instants.to_text(value) if isinstance(value, datetime) and value.tzinfo is not None else None


def inner(row: Row, name: str) -> Row:
    """A nested structure, empty when absent."""
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}


def rows(row: Row, name: str) -> list[Row]:
    """A list of structures; entries of another type are left out."""
    value = row.get(name)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def texts(row: Row, name: str) -> tuple[str, ...] | None:
    """A list of texts in a stable order; None when absent."""
    value = row.get(name)
    return tuple(sorted(each for each in value if isinstance(each, str))) if isinstance(value, list) else None


def subject(row: Row, name: str) -> str:
    """What names the row. Raises SchemaDrift when it is absent, since nothing can be recorded without."""
    value = text(row, name)
    if not value:
        raise SchemaDrift(f"a row has no {name}, so it cannot be told which resource it describes")
    return value


def tags(listed: Iterable[Row], key: str = "Key", value: str = "Value") -> tuple[Tag, ...]:
    """Tags as services list them, in a stable order."""
    return ordered((word(each, key), word(each, value)) for each in listed)


def named(row: Row, fallback: str) -> str:
    """The name people gave a resource by its Name tag, else its id."""
    return next((word(each, "Value") for each in rows(row, "Tags") if each.get("Key") == "Name" and each.get("Value")), fallback)


def joined(pages: Sequence[Row], name: str) -> list[Row]:
    """The same list over all pages."""
    return [each for page in pages for each in rows(page, name)]
