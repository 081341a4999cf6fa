"""One instance per VAR_DIR: a second start says who runs and where."""

import json
import os
import re
import subprocess
import sys

import pytest

from compliance.configuration import CHECKOUT
from compliance.operate.engine.errors import EngineError
from compliance.operate.engine.instance import Instance
from tests.operate.engine.test_temporary import wait_until

HOLD = """
import sys, time
from pathlib import Path
from compliance.operate.engine.instance import Instance
instance = Instance(Path(sys.argv[1]))
with instance.held():
    instance.announce("http://127.0.0.1:8123")
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], cwd=CHECKOUT)
    wait_until(lambda: (tmp_path / "address").exists())
    yield process
    process.kill()
    process.wait()


def test_nobody_runs_at_first(tmp_path):
    assert Instance(tmp_path).holder() is None
    assert Instance(tmp_path).stop() is False


def test_a_second_start_is_told_who_runs_where_and_how_to_stop_it(tmp_path, holder):
    sentence = f"It runs already: process {holder.pid} since .*, at http://127.0.0.1:8123; `make stop` ends it."
    with pytest.raises(EngineError, match=sentence), Instance(tmp_path).held():
        pytest.fail("held twice")
    assert (tmp_path / "address").read_text() == "http://127.0.0.1:8123\n"


def test_the_lock_is_free_at_once_after_a_kill(tmp_path, holder):
    holder.kill()
    holder.wait()
    assert Instance(tmp_path).holder() is None
    with Instance(tmp_path).held():
        assert Instance(tmp_path).holder()["pid"] == os.getpid()
        assert not (tmp_path / "address").exists()


def test_stop_ends_the_holder_and_waits_for_it(tmp_path, holder):
    assert Instance(tmp_path).stop() is True
    assert holder.wait(timeout=5) != 0
    assert Instance(tmp_path).holder() is None


def test_two_folders_do_not_know_each_other(tmp_path, holder):
    with Instance(tmp_path / "other").held():
        assert json.loads((tmp_path / "other" / "run.lock").read_text())["pid"] == os.getpid()


def engine(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.endswith(("_URL", "_KEYS"))}
    command = [sys.executable, "-m", "compliance.operate.engine", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=environment | environ, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_line_says_that_nothing_runs(tmp_path):
    answer = engine("status", VAR_DIR=str(tmp_path))
    assert (answer.returncode, answer.stdout) == (3, "nothing is running\n")
    answer = engine("stop", VAR_DIR=str(tmp_path))
    assert (answer.returncode, answer.stdout) == (0, "nothing was running\n")


def test_the_command_line_says_who_runs(tmp_path, holder):
    answer = engine("status", VAR_DIR=str(tmp_path))
    assert answer.returncode == 0
    assert re.match(f"It runs already: process {holder.pid} since", answer.stdout)
    for arguments in (["start"], ["start", "--detach"]):
        answer = engine(*arguments, VAR_DIR=str(tmp_path))
        assert answer.returncode == 1
        assert f"process {holder.pid}" in answer.stdout + answer.stderr


def test_a_wrong_setting_stops_the_command_with_the_sentence_alone(tmp_path):
    answer = engine("start", VAR_DIR=str(tmp_path), PORT="many")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "PORT is 'many': set it to a number from 1 to 65535.\n"
    assert list(tmp_path.iterdir()) == []
