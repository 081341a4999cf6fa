"""JSON Lines: one object a line."""

from collections.abc import Iterator
from typing import Any

from compliance.seal.canonical import JsonError, parse_json
from integrations.importing.limits import MAX_COLUMNS, MAX_DEPTH, MAX_LINE
from integrations.importing.refusals import Refusal, Unreadable
from integrations.importing.table import Row, Table

ABSENT = None


def objects(data: bytes) -> Iterator[tuple[int, dict[str, Any] | Refusal]]:
    """(line, object or why there is none) of every line that is not blank."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    for number, raw in enumerate(data.split(b"\n"), start=1):
        line = raw.strip()
        if not line:
            continue
        try:
            value = parse_json(line, max_bytes=MAX_LINE, max_depth=MAX_DEPTH)
        except JsonError as error:
            yield number, Refusal(number, "", "", f"is not usable JSON: {error}")
            continue
        yield number, value if isinstance(value, dict) else Refusal(number, "", "", "is JSON, but no object")


def read_lines(data: bytes) -> Table:
    """The table of all keys; a key that a line lacks is an empty cell. Raises Unreadable where no line is an object."""
    found: list[tuple[int, dict[str, Any]]] = []
    refused: list[Refusal] = []
    columns: dict[str, None] = {}
    for number, each in objects(data):
        if isinstance(each, Refusal):
            refused.append(each)
            continue
        found.append((number, each))
        columns.update(dict.fromkeys(each))
        if len(columns) > MAX_COLUMNS:
            raise Unreadable(f"The lines name more than {MAX_COLUMNS} different keys.")
    if not found:
        why = f" Line {refused[0].line} {refused[0].reason}." if refused else ""
        raise Unreadable(f"No line of the file is a JSON object.{why}")
    table = Table(tuple(columns), refused=refused)
    for number, each in found:
        table.add(Row(number, tuple(each.get(name, ABSENT) for name in columns)))
    return table
