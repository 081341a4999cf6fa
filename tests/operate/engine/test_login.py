"""A start with a login that row-level security does not hold is refused."""

from contextlib import contextmanager
from dataclasses import replace

import psycopg2
import pytest

from compliance.configuration import Configuration
from compliance.operate.engine.errors import EngineError
from compliance.operate.engine.login import refuse_unbound_login
from compliance.operate.engine.temporary import temporary_servers


@pytest.fixture(scope="module")
def servers():
    with temporary_servers() as environment:
        yield Configuration.from_environment(environment)


@contextmanager
def superuser(configuration: Configuration):
    password = (configuration.var_dir / "secrets" / "postgres_superuser").read_text().strip()
    connection = psycopg2.connect(**configuration.database.as_libpq() | {"user": "postgres", "password": password})
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


def test_the_application_login_of_the_embedded_server_is_accepted(servers):
    assert refuse_unbound_login(servers) is None


def test_the_owner_is_refused_with_the_way_out(servers):
    as_owner = replace(servers, database_url=servers.database_admin_url)
    with pytest.raises(EngineError) as told:
        refuse_unbound_login(as_owner)
    assert str(told.value) == (
        "The database login plumbline_owner owns the database, so row-level security does not hold it. "
        "Set DATABASE_URL to a role that owns nothing, without SUPERUSER, BYPASSRLS, CREATEROLE and memberships."
    )


@pytest.mark.parametrize(
    ("grant", "revoke", "told"),
    [
        ("ALTER ROLE plumbline_app SUPERUSER", "ALTER ROLE plumbline_app NOSUPERUSER", "plumbline_app is superuser,"),
        ("ALTER ROLE plumbline_app BYPASSRLS", "ALTER ROLE plumbline_app NOBYPASSRLS", "plumbline_app has BYPASSRLS,"),
        ("ALTER ROLE plumbline_app CREATEROLE", "ALTER ROLE plumbline_app NOCREATEROLE", "plumbline_app may create roles,"),
        (
            "GRANT plumbline_owner TO plumbline_app",
            "REVOKE plumbline_owner FROM plumbline_app",
            "may become plumbline_owner,",
        ),
        ("CREATE TABLE mine (); ALTER TABLE mine OWNER TO plumbline_app", "DROP TABLE mine", "plumbline_app owns tables,"),
    ],
)
def test_each_right_that_passes_the_wall_is_refused(servers, grant, revoke, told):
    with superuser(servers) as cursor:
        cursor.execute(grant)
        try:
            with pytest.raises(EngineError, match=told):
                refuse_unbound_login(servers)
        finally:
            cursor.execute(revoke)
    refuse_unbound_login(servers)


def test_a_login_that_is_refused_is_named_without_its_password(servers):
    wrong = replace(servers, database_url=servers.database_url.replace("plumbline_app:", "plumbline_app:hunter2"))
    with pytest.raises(EngineError, match="DATABASE_URL does not log in .*password.*: check its user") as told:
        refuse_unbound_login(wrong)
    assert "hunter2" not in str(told.value)
