"""A consistent, read-only view for exports and streamed answers."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def reading() -> Iterator[None]:
    """One REPEATABLE READ, READ ONLY transaction: `.iterator()` works in it, and all queries see the same instant.
    A streamed response opens its own scope and its own reading inside the generator."""
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                # The scope's declaration comes with the first statement, and PostgreSQL wants the isolation level before any query.
                cursor.cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            connection.forget_declaration()
        yield
