"""Database backend: PostgreSQL that is told, in the same round trip as the first statement of each transaction,
for which organization and user it runs and which action is open.

No session state and no transaction per request. psycopg2's simple protocol makes `SELECT set_config(…, true); SELECT …` one
implicit transaction in autocommit; inside an explicit transaction the setting lasts until its end.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import is_psycopg3
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INERROR

from compliance.tenancy import scope
from compliance.tenancy.postgres.creation import OwnerCreates

if is_psycopg3:
    raise ImproperlyConfigured(
        "psycopg 3 is installed beside psycopg2 and Django prefers it: uninstall psycopg, this backend needs psycopg2"
    )

NOTHING = ("", "", "")


class ServerCursorOutsideTransaction(RuntimeError):
    """`.iterator()` was used outside a transaction, where nothing could be declared; use compliance.tenancy.reading."""


class DatabaseWrapper(base.DatabaseWrapper):
    """See the module."""

    creation_class = OwnerCreates

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._declared: tuple[str, str, str] | None = NOTHING
        self.execute_wrappers.append(self._declare)

    def _declare(self, execute: Callable, sql: Any, params: Any, many: bool, context: dict) -> Any:
        status = self.connection.info.transaction_status
        if status == TRANSACTION_STATUS_INERROR:
            return execute(sql, params, many, context)  # only ROLLBACK TO may follow; it must not get a prefix
        if status == TRANSACTION_STATUS_IDLE:
            self._declared = NOTHING
        want = scope.declaration()
        if want != self._declared:
            sql = self._with_declaration(sql, want, status, context)
            self._declared = want
        return execute(sql, params, many, context)

    def _with_declaration(self, sql: Any, want: tuple[str, str, str], status: int, context: dict) -> Any:
        prefix = (
            f"SELECT set_config('plumbline.organization_id','{want[0]}',true),set_config('plumbline.user_id','{want[1]}',true),"
            f"set_config('plumbline.action_id','{want[2]}',true);"
        )
        raw = context["cursor"].cursor
        if not raw.name:
            return prefix + (sql if isinstance(sql, str) else sql.as_string(raw))
        if status == TRANSACTION_STATUS_IDLE and self.get_autocommit():
            raise ServerCursorOutsideTransaction("a server-side cursor needs an open transaction; use `with reading():`")
        with self.connection.cursor() as plain:
            plain.execute(prefix)
        return sql

    def forget_declaration(self) -> None:
        """To be called after a statement went past this backend (raw cursor) as the first one of a transaction."""
        self._declared = None

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)
        self._declared = None  # set_config(…, true) was undone with the savepoint
