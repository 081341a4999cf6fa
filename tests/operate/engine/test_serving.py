"""The whole product under the supervisor: started in the background, killed, started again, stopped."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import psycopg2
import pytest

from compliance.configuration import CHECKOUT, OWNER_ROLE, SETTING_NAMES, embedded_database_url
from compliance.operate.engine.ports import LOOPBACK, free_port
from tests.operate.engine.places import open_folder
from tests.operate.engine.test_temporary import wait_until

STOP_SECONDS = 90


def engine(var_dir: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the engine with this VAR_DIR and none of the test session's own servers."""
    dropped = {*SETTING_NAMES, *(f"{name}_FILE" for name in SETTING_NAMES)}
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    command = [sys.executable, "-m", "compliance.operate.engine", *arguments]
    given = environment | {"VAR_DIR": str(var_dir)} | environ
    return subprocess.run(command, cwd=CHECKOUT, env=given, capture_output=True, text=True, timeout=280, check=False)


def pid(var_dir: Path, name: str) -> int | None:
    """The process that the supervisor runs under ``name`` now; None between two of them."""
    entry = json.loads((var_dir / "processes.json").read_text()).get(name)
    return entry[0] if entry else None


def restarted(var_dir: Path, name: str, before: int) -> bool:
    return pid(var_dir, name) not in (None, before)


def answer(address: str, path: str) -> int:
    try:
        with urllib.request.urlopen(address + path, timeout=10) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def connects(url: str) -> bool:
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True


@pytest.fixture(scope="module")
def started():
    with open_folder() as folder:
        port = str(free_port())
        told = engine(folder, "start", "--detach", PORT=port)
        assert told.returncode == 0, told.stdout + told.stderr
        yield folder, port, told.stdout
        engine(folder, "stop")


pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_start_ends_with_the_address_and_serves_there(started):
    var_dir, port, output = started
    assert "Plumbline is ready after" in output
    assert (var_dir / "address").read_text() == f"http://127.0.0.1:{port}\n"
    assert answer(f"http://127.0.0.1:{port}", "/healthz") == 200
    assert answer(f"http://127.0.0.1:{port}", "/readyz") == 200


def test_web_and_worker_do_not_have_the_owners_login(started):
    var_dir, _, _ = started
    owner = embedded_database_url(var_dir, OWNER_ROLE)
    for name in ("web", "worker", "beat"):
        environment = psutil.Process(pid(var_dir, name)).environ()
        assert "DATABASE_ADMIN_URL" not in environment
        assert owner not in environment.values()


def test_nothing_listens_beyond_loopback(started):
    var_dir, _, _ = started
    for name in json.loads((var_dir / "processes.json").read_text()):
        process = psutil.Process(pid(var_dir, name))
        for member in (process, *process.children(recursive=True)):
            listening = [c.laddr.ip for c in member.net_connections(kind="inet") if c.status == psutil.CONN_LISTEN]
            assert set(listening) <= {LOOPBACK}


def test_a_second_start_says_who_runs_and_where(started):
    var_dir, port, _ = started
    told = engine(var_dir, "start", PORT=port)
    assert told.returncode == 1
    assert re.search(rf"It runs already: process \d+ since .*, at http://127.0.0.1:{port}; `make stop` ends it.", told.stderr)


def test_a_worker_that_is_killed_comes_back(started):
    var_dir, _, _ = started
    before = pid(var_dir, "worker")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: restarted(var_dir, "worker", before), seconds=60)


def test_a_killed_database_comes_back_and_the_site_with_it(started):
    var_dir, port, _ = started
    before = pid(var_dir, "postgres")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: restarted(var_dir, "postgres", before), seconds=60)
    wait_until(lambda: connects(embedded_database_url(var_dir, OWNER_ROLE)), seconds=60)
    wait_until(lambda: answer(f"http://127.0.0.1:{port}", "/readyz") == 200, seconds=60)


def test_a_management_command_uses_the_running_servers(started):
    var_dir, _, _ = started
    told = engine(var_dir, "manage", "migrate", "--check")
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_kill_of_the_supervisor_leaves_no_process_and_the_next_start_has_all_data(started):
    var_dir, port, _ = started
    connection = psycopg2.connect(embedded_database_url(var_dir, OWNER_ROLE))
    connection.autocommit = True
    connection.cursor().execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    connection.close()
    supervisor = json.loads((var_dir / "run.lock").read_text())["pid"]
    family = psutil.Process(supervisor).children(recursive=True)
    assert len(family) > 8
    os.kill(supervisor, signal.SIGKILL)
    wait_until(lambda: not [process for process in family if process.is_running()], seconds=40)
    told = engine(var_dir, "start", "--detach", PORT=port)
    assert told.returncode == 0, told.stdout + told.stderr
    connection = psycopg2.connect(embedded_database_url(var_dir, OWNER_ROLE))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        assert cursor.fetchone() == (1000,)
    connection.close()
    assert answer(f"http://127.0.0.1:{port}", "/healthz") == 200


def test_stop_ends_every_process(started):
    var_dir, port, _ = started
    supervisor = json.loads((var_dir / "run.lock").read_text())["pid"]
    family = psutil.Process(supervisor).children(recursive=True)
    told = engine(var_dir, "stop")
    assert (told.returncode, told.stdout) == (0, "stopped\n")
    assert [process for process in family if process.is_running()] == []
    assert answer(f"http://127.0.0.1:{port}", "/healthz") == 0
    assert not (var_dir / "address").exists()


def test_a_taken_port_that_was_chosen_is_named(started):
    var_dir, _, _ = started
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = engine(var_dir, "start", PORT=str(port))
    assert told.returncode == 1
    assert f"Port {port} is in use by another program: set PORT to a free one" in told.stderr


def test_a_failed_migration_stops_the_start_and_leaves_nothing_running(started):
    var_dir, _, _ = started
    told = engine(var_dir, "start", PORT=str(free_port()), DJANGO_SETTINGS_MODULE="nowhere.settings")
    assert told.returncode == 1
    assert "migrate failed: ModuleNotFoundError: No module named 'nowhere'" in told.stderr
    assert engine(var_dir, "status").returncode == 3
    assert not (var_dir / "postgres" / "postmaster.pid").exists()
