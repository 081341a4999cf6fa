"""Set-based writing: rows go by COPY into a session's temporary table, then a statement or two moves them.

COPY straight into a tenant table is refused by PostgreSQL (row-level security), and rightly: the merge statement passes the
policies and the write trigger.
"""

import io
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

MANY = 10_000
MEMORY = "128MB"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def stage(table: str, columns: str, rows: Iterable[Sequence[Any]], *, joined: str = "") -> int:
    """Fill the temporary table `table` (made on first use with the column definitions `columns`, emptied at commit) with `rows`.
    `joined` names the columns that the planner must know about (all, unless said: wide text costs time to look at).
    Must be called inside a transaction, after its first statement. Returns the number of rows."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TEMPORARY TABLE IF NOT EXISTS "{table}" ({columns}) ON COMMIT DELETE ROWS')
        cursor.execute(f'TRUNCATE "{table}"')
        buffer = io.StringIO()
        count = 0
        for row in rows:
            buffer.write("\t".join([_WRITERS.get(type(value), _other)(value) for value in row]))
            buffer.write("\n")
            count += 1
        buffer.seek(0)
        cursor.copy_expert(f'COPY "{table}" FROM STDIN', buffer)
        cursor.execute(f'ANALYZE "{table}" {f"({joined})" if joined else ""}')
        if count > MANY:
            cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'")  # what merges many rows would otherwise sort and join on disk
    return count


def _string(value: str) -> str:
    # translating costs ten times as much as finding out that nothing needs it
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)


def _other(value: Any) -> str:
    return _string(str(value))  # a subclass, such as an enum's member, is written as what it stands for


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    str: _string,
    bytes: lambda value: "\\\\x" + value.hex(),
    type(None): lambda _value: "\\N",
    bool: lambda value: "t" if value else "f",
    int: str,
    datetime: datetime.isoformat,
    uuid.UUID: str,
}
