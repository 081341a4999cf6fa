"""Many rows, each with values of its own, updated by one plain statement.

Django's `bulk_update` builds a CASE expression per row and field: 46 streams with nine fields took 200 ms of the client's processor
on every run. Here the values travel as columns of text and the database casts them.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

from compliance.tenancy import scope


def update_rows(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these fields of rows of one tenant table, in the scope and action that are open. Rows of another organization are not
    touched. Fields hold text, numbers, truth values, instants, keys or JSON; raises FieldDoesNotExist for a name that is none."""
    if not rows:
        return
    table = type(rows[0])._meta
    fields = [table.get_field(name) for name in names]
    quote = connection.ops.quote_name
    columns = [[str(row.pk) for row in rows], *([_text(field, getattr(row, field.attname)) for row in rows] for field in fields)]
    written = ", ".join(f"{quote(field.column)} = n.c{place}::{_type(field)}" for place, field in enumerate(fields, 1))
    named = ", ".join(f"c{place}" for place in range(len(columns)))
    given = ", ".join(["%s::text[]"] * len(columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(table.db_table)} t SET {written} FROM unnest({given}) n({named}) WHERE t.organization_id = %s AND t.id = n.c0::uuid",
            [*columns, scope.organization_id()],
        )


def _type(field: models.Field) -> str:
    return str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))


def _text(field: models.Field, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
