"""A test session has servers of its own, and nothing of them is left, however it ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg2
import pytest
from redis import Redis

from compliance.configuration import CHECKOUT, Configuration
from compliance.operate.engine.temporary import temporary_servers

SESSION = """
import json, sys, time
from compliance.operate.engine.temporary import start_temporary_servers
servers = start_temporary_servers()
print(json.dumps({"var": str(servers.var_dir), "keeper": servers.keeper_pid}), flush=True)
time.sleep(300)
"""


@pytest.fixture(scope="module")
def servers():
    with temporary_servers() as environment:
        yield environment


def rows(url: str, statement: str) -> list[tuple]:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_the_application_role_is_bound_by_row_security(servers):
    answer = rows(
        servers["DATABASE_URL"],
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user",
    )
    assert answer == [("plumbline_app", False, False, False, False)]
    owner = rows(servers["DATABASE_URL"], "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
    assert owner == [("plumbline_owner",)]


def test_the_owner_may_create_databases_and_is_no_superuser(servers):
    answer = rows(
        servers["DATABASE_ADMIN_URL"],
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user",
    )
    assert answer == [("plumbline_owner", False, False, True)]


def test_the_application_role_cannot_create_tables(servers):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        rows(servers["DATABASE_URL"], "CREATE TABLE mine (id int)")


def test_the_application_role_plans_without_jit_and_for_fast_disks(servers):
    settings = "SELECT current_setting('jit'), current_setting('random_page_cost')"
    assert rows(servers["DATABASE_URL"], settings) == [("off", "1.1")]


def test_the_owner_can_create_the_extensions_of_the_migrations(servers):
    rows(servers["DATABASE_ADMIN_URL"], "CREATE EXTENSION IF NOT EXISTS btree_gist; CREATE EXTENSION IF NOT EXISTS pg_trgm")
    assert rows(servers["DATABASE_URL"], "SELECT similarity('Müller', 'Muller') > 0") == [(True,)]


def test_the_database_speaks_utf8_and_is_recent(servers):
    answer = rows(
        servers["DATABASE_URL"],
        "SELECT current_setting('server_version_num')::int >= 180000, pg_encoding_to_char(encoding), datlocprovider, datlocale, datctype"
        " FROM pg_database WHERE datname = current_database()",
    )
    assert answer == [(True, "UTF8", "b", "C.UTF-8", "C.UTF-8")]


def test_no_password_no_entrance(servers):
    configuration = Configuration.from_environment(servers)
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(**(configuration.database.as_libpq() | {"user": "postgres", "password": "guess"}))


def test_redis_answers(servers):
    client = Redis.from_url(servers["REDIS_URL"])
    client.set("fernhill", "1")
    assert client.get("fernhill") == b"1"


def test_the_server_does_not_run_as_root(servers):
    postmaster = int((Path(servers["VAR_DIR"]) / "postgres" / "postmaster.pid").read_text().split()[0])
    assert psutil.Process(postmaster).uids().real != 0


def test_leaving_the_block_removes_everything():
    with temporary_servers() as environment:
        folder = Path(environment["VAR_DIR"])
        postmaster = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
        assert psutil.pid_exists(postmaster)
    assert not folder.exists()
    assert not psutil.pid_exists(postmaster)


def test_a_session_killed_with_9_leaves_neither_process_nor_folder():
    session = subprocess.Popen([sys.executable, "-c", SESSION], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    told = json.loads(session.stdout.readline())
    folder = Path(told["var"])
    postmaster = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    session.kill()
    session.wait()
    session.stdout.close()
    wait_until(lambda: not folder.exists() and not psutil.pid_exists(postmaster) and not psutil.pid_exists(told["keeper"]))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel of Linux ends orphans")
def test_a_keeper_killed_with_9_leaves_no_server_behind():
    session = subprocess.Popen([sys.executable, "-c", SESSION], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    try:
        told = json.loads(session.stdout.readline())
        children = psutil.Process(told["keeper"]).children(recursive=True)
        assert len(children) > 2
        os.kill(told["keeper"], signal.SIGKILL)
        wait_until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children))
    finally:
        session.kill()
        session.wait()
        session.stdout.close()
        shutil.rmtree(told["var"])


def wait_until(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)
