"""Set-based writing: rows go by COPY into a session's temporary table, then a statement or two moves them.

COPY straight into a tenant table is refused by PostgreSQL (row-level security), and rightly: the merge statement passes the
policies and the write trigger.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def stage(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> int:
    """Fill the temporary table `table` (made on first use with the column definitions `columns`, emptied at commit) with `rows`.
    Must be called inside a transaction, after its first statement. Returns the number of rows."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TEMPORARY TABLE IF NOT EXISTS "{table}" ({columns}) ON COMMIT DELETE ROWS')
        cursor.execute(f'TRUNCATE "{table}"')
        buffer = io.StringIO()
        count = 0
        for row in rows:
            buffer.write("\t".join([_text(value) for value in row]))
            buffer.write("\n")
            count += 1
        buffer.seek(0)
        cursor.copy_expert(f'COPY "{table}" FROM STDIN', buffer)
        cursor.execute(f'ANALYZE "{table}"')
    return count


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)
