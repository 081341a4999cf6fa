"""Set-based writing: rows go by COPY into a session's temporary table, then a statement or two moves them.

COPY straight into a tenant table is refused by PostgreSQL (row-level security), and rightly: the merge statement passes the
policies and the write trigger.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from itertools import islice
from typing import Any

from django.db import connection
from psycopg2.errors import QueryCanceled

MANY = 10_000
MEMORY = "128MB"
LINES_AT_ONCE = 256
READ_SIZE = 1 << 16
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def stage(table: str, columns: str, rows: Iterable[Sequence[Any]], *, joined: str = "") -> int:
    """Fill the temporary table `table` (made on first use with the column definitions `columns`, emptied at commit) with `rows`.
    `joined` names the columns that the planner must know about (all, unless said: wide text costs time to look at).
    Must be called inside a transaction, after its first statement. Returns the number of rows."""
    lines = ("\t".join([_WRITERS.get(type(value), _other)(value) for value in row]) + "\n" for row in rows)
    return stage_lines(table, columns, lines, joined=joined)


def stage_lines(table: str, columns: str, lines: Iterable[str], *, joined: str = "") -> int:
    """As `stage`, for rows that already are lines of COPY's text format, each with its line end: whoever writes one table a hundred
    thousand rows at a time knows its columns' types. Values of text columns must have passed `text_cell`. The database reads while
    the lines are still being made. An error raised while making them is raised here."""
    counted = _Counted(lines)
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TEMPORARY TABLE IF NOT EXISTS "{table}" ({columns}) ON COMMIT DELETE ROWS')
        cursor.execute(f'TRUNCATE "{table}"')
        try:
            cursor.copy_expert(f'COPY "{table}" FROM STDIN', counted, READ_SIZE)
        except QueryCanceled:
            if counted.failure is not None:
                raise counted.failure from None  # the database only says that reading failed; what failed is known here
            raise
        cursor.execute(f'ANALYZE "{table}" {f"({joined})" if joined else ""}')
        if counted.lines > MANY:
            cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'")  # what merges many rows would otherwise sort and join on disk
    return counted.lines


def stage_block(table: str, columns: str, block: bytes) -> None:
    """As `stage_lines`, for a block of whole lines that is ready and that is only read through, never joined: no statistics are taken."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TEMPORARY TABLE IF NOT EXISTS "{table}" ({columns}) ON COMMIT DELETE ROWS; TRUNCATE "{table}"')
        cursor.copy_expert(f'COPY "{table}" FROM STDIN', BytesIO(block), len(block))  # in one piece: each turn waits for other threads


class _Counted:
    """Lines as the file that psycopg2 wants to read, some hundred at a time, whatever size it asks for at most."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = 0
        self.failure: BaseException | None = None
        self._left = iter(lines)
        self._block = b""
        self._place = 0

    def read(self, size: int) -> bytes:
        """The next bytes; none at the end."""
        if self._place >= len(self._block):
            self._block, self._place = self._next_block(), 0
        data = self._block[self._place : self._place + size]
        self._place += size
        return data

    def _next_block(self) -> bytes:
        with self:
            some = list(islice(self._left, LINES_AT_ONCE))
            self.lines += len(some)
            return "".join(some).encode()

    def __enter__(self) -> None:
        """Making lines begins."""

    def __exit__(self, _kind: type[BaseException] | None, failure: BaseException | None, _trace: object) -> None:
        self.failure = failure  # goes on its way, but psycopg2 will keep no more of it than its words


def text_cell(value: str) -> str:
    """Text as COPY's text format wants it."""
    # translating costs ten times as much as finding out that nothing needs it
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)


def _other(value: Any) -> str:
    return text_cell(str(value))  # a subclass, such as an enum's member, is written as what it stands for


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    str: text_cell,
    bytes: lambda value: "\\\\x" + value.hex(),
    type(None): lambda _value: "\\N",
    bool: lambda value: "t" if value else "f",
    int: str,
    datetime: datetime.isoformat,
    uuid.UUID: str,
}
