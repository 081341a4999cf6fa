"""The database: reachable, recent, migrated, and the login really bound by row-level security."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg2
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from compliance.configuration import Configuration
from compliance.operate.diagnosis.finding import Finding, fail, ok, warn
from compliance.operate.engine.login import WAY_OUT, faults_of_login
from compliance.tenancy.walls import tenant_models

OLDEST_VERSION = 180000
EXTENSIONS = ("btree_gin", "btree_gist", "pg_trgm")
TOLERATED_SKEW, GREATEST_SKEW = 2.0, 30.0  # seconds


def look_at_database(configuration: Configuration) -> Iterator[Finding]:
    """Findings about the server, the two logins and the schema; only the first one where it cannot be reached."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
            number, version = cursor.fetchone()
    except DatabaseError as error:
        fix = "Start it (make start)." if configuration.embedded_database else "Check DATABASE_URL, the server and the network between."
        yield fail("database", f"cannot be reached: {_first_line(error)}", fix)
        return
    yield _version(number, version)
    yield _application_role()
    yield from _owner(configuration)
    pending = list(_pending_migrations())
    if pending:
        shown = ", ".join(pending[:3]) + (" …" if len(pending) > 3 else "")
        yield fail("schema", f"{len(pending)} migrations are missing: {shown}", "Run manage.py migrate with DATABASE_ADMIN_URL set.")
        return
    yield ok("schema", "up to date")
    yield _walls()
    yield _extensions()
    yield _clock()


def _version(number: int, version: str) -> Finding:
    if number < OLDEST_VERSION:
        return fail("database", f"PostgreSQL {version} is too old", "Upgrade it to PostgreSQL 18 or newer.")
    return ok("database", f"PostgreSQL {version}")


def _application_role() -> Finding:
    with connection.cursor() as cursor:
        name, faults = faults_of_login(cursor)
    if faults:
        return fail("application login", f"{name} {', '.join(faults)}: the wall between organizations does not hold it", WAY_OUT)
    return ok("application login", f"{name} is bound by row-level security")


def _owner(configuration: Configuration) -> Iterator[Finding]:
    address = configuration.database_owner
    if address is None:
        yield ok("owner's login", "not given to this process; migrations need DATABASE_ADMIN_URL")
        return
    try:
        owner = psycopg2.connect(**address.as_libpq(), connect_timeout=10)
    except psycopg2.OperationalError as error:
        yield fail("owner's login", f"cannot log in: {_first_line(error)}", "Check DATABASE_ADMIN_URL.")
        return
    try:
        with owner.cursor() as cursor:
            cursor.execute("SELECT has_schema_privilege('public', 'CREATE'), rolsuper FROM pg_roles WHERE rolname = current_user")
            creates, superuser = cursor.fetchone()
    finally:
        owner.close()
    if not creates:
        yield fail("owner's login", f"{address.user} may not create tables", f"Run ALTER DATABASE {address.name} OWNER TO {address.user}.")
    elif superuser:
        yield warn("owner's login", f"{address.user} is superuser", "Use a role that owns the database and nothing more.")
    else:
        yield ok("owner's login", f"{address.user} owns the schema")


def _pending_migrations() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield f"{migration.app_label}.{migration.name}"


def _walls() -> Finding:
    tables = {model._meta.db_table for model in tenant_models()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)"
            " AND relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)",
            [list(tables)],
        )
        walled = {row[0] for row in cursor.fetchall()}
    missing = sorted(tables - walled)
    if missing:
        return fail("row-level security", f"missing on {', '.join(missing)}", "Run manage.py migrate, which issues it for every table.")
    return ok("row-level security", f"forced on all {len(tables)} tables of organizations")


def _extensions() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension WHERE extname = ANY(%s)", [list(EXTENSIONS)])
        missing = sorted(set(EXTENSIONS) - {row[0] for row in cursor.fetchall()})
    if missing:
        commands = "; ".join(f"CREATE EXTENSION {name}" for name in missing)
        return fail("extensions", f"{', '.join(missing)} missing", f"Run {commands} in the database as its owner.")
    return ok("extensions", ", ".join(EXTENSIONS))


def _clock() -> Finding:
    with connection.cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("SELECT clock_timestamp()")
        server = cursor.fetchone()[0]
        after = datetime.now(UTC)
    skew = abs((server - (before + (after - before) / 2)).total_seconds())
    seen = f"this machine and the database differ by {skew:.1f} s"
    if skew > GREATEST_SKEW:
        return fail("clock", seen, "Set both clocks by NTP: periods and due dates would be wrong.")
    if skew > TOLERATED_SKEW:
        return warn("clock", seen, "Set both clocks by NTP.")
    return ok("clock", seen)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
