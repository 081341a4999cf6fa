"""Values of a parsed answer, read with their type: what is absent or of another type is unknown, never guessed, and a list that is
none is an error.

JSON services are not checked against their model by the SDK, so a text may stand where a switch should be.
"""

from collections.abc import Iterable, Mapping
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
    """A list of structures, empty when absent. Raises SchemaDrift when it is anything else: read as empty, it would make what was
    there look gone."""
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise SchemaDrift(f"{name} is not the list of structures that AWS documents")
    return value


def texts(row: Row, name: str) -> tuple[str, ...] | None:
    """A list of texts in a stable order; None when absent. Raises SchemaDrift when it is anything else."""
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise SchemaDrift(f"{name} is not the list of texts that AWS documents")
    return tuple(sorted(value))


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
