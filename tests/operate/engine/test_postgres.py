"""The embedded PostgreSQL survives what happens to it: kills, stale files, long paths, closed folders."""

import os
import signal
import subprocess
from contextlib import contextmanager

import psutil
import psycopg2
import pytest
from redis import Redis

from compliance.configuration import APPLICATION_ROLE, OWNER_ROLE, embedded_database_url, embedded_redis_url
from compliance.operate.engine.account import service_account
from compliance.operate.engine.errors import EngineError
from compliance.operate.engine.postgres import Cluster
from compliance.operate.engine.redis import Store
from compliance.operate.engine.supervisor import Supervisor
from tests.operate.engine.places import open_folder

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes into another user for the servers")


@contextmanager
def running(var_dir):
    cluster = Cluster(var_dir, service_account())
    with Supervisor(var_dir / "log", var_dir / "processes.json", quiet=True) as supervisor:
        supervisor.start(cluster.prepare())
        cluster.create_roles_and_database()
        yield cluster


def as_owner(var_dir):
    connection = psycopg2.connect(embedded_database_url(var_dir, OWNER_ROLE))
    connection.autocommit = True
    return connection


def test_data_outlives_a_stop_and_a_start(var_dir):
    with running(var_dir):
        connection = as_owner(var_dir)
        connection.cursor().execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        connection.close()
    with running(var_dir):
        connection = as_owner(var_dir)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kept")
            assert cursor.fetchone() == (1000,)
        connection.close()


def test_a_stop_does_not_wait_for_open_sessions(var_dir):
    with running(var_dir):
        connection = as_owner(var_dir)
    assert not (var_dir / "postgres" / "postmaster.pid").exists()
    with pytest.raises(psycopg2.OperationalError):
        connection.cursor().execute("SELECT 1")


def test_committed_rows_survive_a_killed_postmaster(var_dir):
    with running(var_dir) as cluster:
        connection = as_owner(var_dir)
        connection.cursor().execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert (var_dir / "postgres" / "postmaster.pid").exists()
    with running(var_dir):
        connection = as_owner(var_dir)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kept")
            assert cursor.fetchone() == (1000,)
        connection.close()


def test_a_pid_file_that_names_a_process_of_someone_else_does_not_stop_the_start(var_dir):
    account = service_account()
    with running(var_dir) as cluster:
        stale = (cluster.data / "postmaster.pid").read_text()
    user = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    bystander = subprocess.Popen(["/bin/sleep", "60"], cwd="/", **user)
    try:
        lines = stale.splitlines()
        lines[0] = str(bystander.pid)
        (cluster.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
        with running(var_dir):
            connection = as_owner(var_dir)
            connection.close()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_second_start_on_the_same_data_is_refused_with_the_process_named(var_dir):
    with running(var_dir) as cluster:
        postmaster = (cluster.data / "postmaster.pid").read_text().split()[0]
        with pytest.raises(EngineError, match=f"still runs on .* \\(process {postmaster}\\): run `make stop`"):
            Cluster(var_dir, service_account()).prepare()
        connection = as_owner(var_dir)
        connection.close()


def test_an_interrupted_creation_is_repeated(var_dir):
    (var_dir / "postgres.new").mkdir()
    (var_dir / "postgres.new" / "half").write_text("done")
    with running(var_dir):
        assert not (var_dir / "postgres.new").exists()
        connection = as_owner(var_dir)
        connection.close()


def test_data_of_another_major_version_is_left_alone(var_dir):
    with running(var_dir) as cluster:
        version = (cluster.data / "PG_VERSION").read_text()
    (cluster.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EngineError, match="was written by PostgreSQL 17 and the programs found are version 18"):
        Cluster(var_dir, service_account()).prepare()
    (cluster.data / "PG_VERSION").write_text(version)


def test_lost_secrets_are_named(var_dir):
    with running(var_dir):
        pass
    (var_dir / "secrets" / "postgres_superuser").unlink()
    with (
        pytest.raises(EngineError, match="refuses its own password: restore .*/secrets"),
        running(var_dir),
    ):
        pass


def test_a_long_path_is_served_over_loopback_with_a_password():
    with open_folder() as folder:
        var_dir = folder / ("long" * 25)
        var_dir.mkdir()
        with running(var_dir) as cluster:
            assert not cluster.over_socket
            url = embedded_database_url(var_dir, APPLICATION_ROLE)
            assert "@127.0.0.1:" in url
            psycopg2.connect(url).close()
            with pytest.raises(psycopg2.OperationalError, match="password"):
                psycopg2.connect(url.replace(url.split(":")[2].split("@")[0], "guess"))


def test_redis_on_a_long_path_is_served_over_loopback_with_a_password():
    with open_folder() as folder:
        var_dir = folder / ("long" * 25)
        var_dir.mkdir()
        with Supervisor(var_dir / "log", var_dir / "processes.json", quiet=True) as supervisor:
            program = Store(var_dir, service_account()).prepare()
            supervisor.start(program)
            url = embedded_redis_url(var_dir)
            assert "@127.0.0.1:" in url
            assert url.split(":")[2].split("@")[0] not in " ".join(program.command)


def test_redis_keeps_its_queue_over_a_kill(var_dir):
    from_url = Redis.from_url
    url = embedded_redis_url(var_dir)
    with Supervisor(var_dir / "log", var_dir / "processes.json", quiet=True) as supervisor:
        supervisor.start(Store(var_dir, service_account()).prepare())
        client = from_url(url)
        client.rpush("queue", "run 1")
        pid = client.info()["process_id"]
        psutil.Process(pid).kill()
    with Supervisor(var_dir / "log", var_dir / "processes.json", quiet=True) as supervisor:
        supervisor.start(Store(var_dir, service_account()).prepare())
        assert from_url(url).lrange("queue", 0, -1) == [b"run 1"]


@only_root
def test_a_folder_closed_to_the_servers_user_is_named_with_the_way_out(var_dir):
    closed = var_dir / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EngineError, match=f"may not pass {closed}: run `chmod o\\+x {closed}`, or set VAR_DIR"):
        Cluster(closed / "var", service_account()).prepare()
    assert not (closed / "var" / "postgres").exists()
