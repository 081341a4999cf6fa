"""Whether the application's login is really bound by row-level security: the second wall between organizations stands on it."""

from __future__ import annotations

from typing import Any

import psycopg2

from compliance.configuration import Configuration
from compliance.operate.engine.errors import EngineError

RIGHTS = """
SELECT rolname, rolsuper, rolbypassrls, rolcreaterole,
       EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'),
       EXISTS (SELECT FROM pg_database d WHERE d.datdba = r.oid AND d.datname = current_database()),
       (SELECT string_agg(g.rolname, ', ' ORDER BY g.rolname) FROM pg_roles g
         WHERE g.oid <> r.oid AND g.rolname <> 'pg_database_owner' AND pg_has_role(r.oid, g.oid, 'MEMBER'))
  FROM pg_roles r WHERE rolname = current_user
"""
WAY_OUT = "Set DATABASE_URL to a role that owns nothing, without SUPERUSER, BYPASSRLS, CREATEROLE and memberships."


def faults_of_login(cursor: Any) -> tuple[str, list[str]]:
    """The login's name and what lets it pass row-level security; an empty list where nothing does."""
    cursor.execute(RIGHTS)
    name, superuser, bypasses, creates_roles, owns_tables, owns_database, groups = cursor.fetchone()
    if superuser:
        return name, ["is superuser"]  # it may do everything else as well
    told = (
        (bypasses, "has BYPASSRLS"),
        (creates_roles, "may create roles"),
        (owns_tables, "owns tables"),
        (owns_database, "owns the database"),
        (groups, f"may become {groups}"),
    )
    return name, [text for is_so, text in told if is_so]


def refuse_unbound_login(configuration: Configuration) -> None:
    """Raises :class:`EngineError` where DATABASE_URL cannot log in, or logs in as a role that row-level security does not hold."""
    try:
        connection = psycopg2.connect(**configuration.database.as_libpq(), connect_timeout=10)
    except psycopg2.OperationalError as error:
        reason = (str(error).strip() or "no reason given").splitlines()[0]
        raise EngineError(f"DATABASE_URL does not log in ({reason}): check its user, password, host and database.") from error
    try:
        with connection.cursor() as cursor:
            name, faults = faults_of_login(cursor)
    finally:
        connection.close()
    if faults:
        raise EngineError(f"The database login {name} {', '.join(faults)}, so row-level security does not hold it. {WAY_OUT}")
