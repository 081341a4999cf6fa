"""The two files of a frozen population and its digests, written in one pass over rows that come in order.

JSONL is the population: one RFC 8785 object a line, in bytewise order of the ids; `rows_digest` is the SHA-256 of that file. CSV is the
same for spreadsheets, with cells that would be formulas made text.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

import orjson

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
FLUSH = 500


class DuplicateRow(ValueError):
    """Two rows have one identity: the population would not be a set."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written. `first` and `last` are the ids at both ends, empty when there is none."""

    rows: int
    ids_digest: str
    rows_digest: str
    first: str
    last: str


def write_files(
    rows: Iterable[tuple[bytes, bytes]], columns: Sequence[str], jsonl: IO[bytes], table: IO[bytes], progress: Callable[[int], None]
) -> Written:
    """Write (id, canonical line) in order to both files. Raises DuplicateRow. Holds one row at a time; `progress` hears of every thousand."""
    ids, lines = hashlib.sha256(), hashlib.sha256()
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(columns)
    count, first, last = 0, b"", b""
    for row_id, line in rows:
        if count and row_id == last:
            raise DuplicateRow(f"{row_id.decode()} would be in the population twice")
        first, last, count = first or row_id, row_id, count + 1
        ids.update(row_id + b"\n")
        lines.update(line + b"\n")
        jsonl.write(line + b"\n")
        row = orjson.loads(line)
        writer.writerow([cell(row.get(name)) for name in columns])
        if count % FLUSH == 0:
            _empty(buffer, table)
            if count % 1000 == 0:
                progress(count)
    _empty(buffer, table)
    return Written(count, ids.hexdigest(), lines.hexdigest(), first.decode(), last.decode())


def cell(value: Any) -> str:
    """A value as a cell of a table: nothing for what is unknown or none, and never a formula for a spreadsheet."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    text = value if isinstance(value, str) else _listed(value)
    return f"'{text}" if text[:1] in FORMULA or text.lstrip()[:1] in FORMULA else text


def _listed(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    return orjson.dumps(value).decode()


def _empty(buffer: io.StringIO, table: IO[bytes]) -> None:
    table.write(buffer.getvalue().encode("utf-8", "surrogatepass"))
    buffer.seek(0)
    buffer.truncate()
