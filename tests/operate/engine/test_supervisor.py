"""Processes are started in order, restarted with a pause, stopped in reverse, and never left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from compliance.configuration import CHECKOUT
from compliance.operate.engine.console import LOG_LIMIT, ProcessLog
from compliance.operate.engine.errors import EngineError
from compliance.operate.engine.leftovers import Register
from compliance.operate.engine.program import Program
from compliance.operate.engine.supervisor import Supervisor
from tests.operate.engine.test_temporary import wait_until

NOTE = "import sys, time, signal; open(sys.argv[1], 'a').write(sys.argv[2] + '\\n')"
LIVES = (
    "import sys, time, signal\n"
    "def note(text): open(sys.argv[1], 'a').write(sys.argv[2] + ' ' + text + '\\n')\n"
    "def end(*_): note('ended'); sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, end)\n"
    "note('started')\n"
    "print('hello from', sys.argv[2], flush=True)\n"
    "time.sleep(60)\n"
)


def living(name: str, notes: Path, **changes) -> Program:
    command = (sys.executable, "-c", LIVES, str(notes), name)
    return Program(name, command, environment=dict(os.environ), ready=lambda: f"{name} started" in notes.read_text(), **changes)


@pytest.fixture
def notes(var_dir):
    file = var_dir / "notes"
    file.touch()
    return file


def supervised(var_dir: Path) -> Supervisor:
    return Supervisor(var_dir / "log", var_dir / "processes.json", quiet=True)


def run_until(supervisor: Supervisor, condition, seconds: float = 20) -> None:
    """Let the supervisor's loop run in this thread until ``condition`` holds."""

    def wait() -> None:
        try:
            wait_until(condition, seconds)
        finally:
            supervisor.request_stop()

    watcher = threading.Thread(target=wait)
    watcher.start()
    supervisor.run()
    watcher.join()
    assert condition()


def test_the_order_of_the_end_is_the_reverse_of_the_start(var_dir, notes):
    with supervised(var_dir) as supervisor:
        for name in ("database", "worker", "web"):
            supervisor.start(living(name, notes))
    assert notes.read_text().splitlines() == [
        "database started",
        "worker started",
        "web started",
        "web ended",
        "worker ended",
        "database ended",
    ]


def test_a_process_that_is_killed_starts_again(var_dir, notes):
    with supervised(var_dir) as supervisor:
        supervisor.start(living("worker", notes))
        first = json.loads((var_dir / "processes.json").read_text())["worker"][0]
        os.kill(first, signal.SIGKILL)
        run_until(supervisor, lambda: notes.read_text().count("worker started") == 2)
        assert json.loads((var_dir / "processes.json").read_text())["worker"][0] != first


def test_a_process_that_keeps_ending_is_started_with_growing_pauses(var_dir, notes):
    program = Program("broken", (sys.executable, "-c", NOTE, str(notes), "tried"), environment=dict(os.environ))
    with supervised(var_dir) as supervisor:
        began = time.monotonic()
        supervisor.start(program)
        run_until(supervisor, lambda: notes.read_text().count("tried") == 3)
        assert time.monotonic() - began >= 3  # 1 s after the first end, 2 s after the second


def test_a_process_that_ends_while_starting_is_named_with_its_last_line(var_dir):
    program = Program("web", (sys.executable, "-c", "print('port taken'); raise SystemExit(3)"), ready=lambda: False)
    with pytest.raises(EngineError, match="web ended while starting: port taken"), supervised(var_dir) as supervisor:
        supervisor.start(program)


def test_a_launched_process_is_waited_for_later_and_its_line_is_not_missed(var_dir):
    talk = "import time; print('ready', flush=True); [print(n, flush=True) for n in range(100)]; time.sleep(60)"
    with supervised(var_dir) as supervisor:
        supervisor.launch(Program("sandbox", (sys.executable, "-c", talk), ready_line="ready", ready_seconds=10))
        supervisor.step("other", (sys.executable, "-c", "import time; time.sleep(0.5)"), dict(os.environ))
        supervisor.await_ready("sandbox")
        supervisor.launch(Program("mute", ("/bin/sleep", "60"), ready_line="ready", ready_seconds=0.2))
        with pytest.raises(EngineError, match="mute was not ready within 0 seconds"):
            supervisor.await_ready("mute")


def test_a_process_that_is_never_ready_is_given_up(var_dir):
    program = Program("web", ("/bin/sleep", "60"), ready=lambda: False, ready_seconds=0.3)
    with pytest.raises(EngineError, match="web was not ready within 0 seconds"), supervised(var_dir) as supervisor:
        supervisor.start(program)


def test_a_program_that_does_not_exist_is_named(var_dir):
    with pytest.raises(EngineError, match="web cannot be run"), supervised(var_dir) as supervisor:
        supervisor.start(Program("web", ("/nowhere/gunicorn",)))


def test_a_failed_step_stops_what_was_started_before(var_dir, notes):
    with pytest.raises(EngineError, match="migrate failed: no rights"), supervised(var_dir) as supervisor:
        supervisor.start(living("database", notes))
        supervisor.step("migrate", (sys.executable, "-c", "raise SystemExit('no rights')"), dict(os.environ))
    assert notes.read_text().splitlines() == ["database started", "database ended"]


def test_a_process_that_ignores_the_signal_is_killed_after_its_time(var_dir):
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    log = var_dir / "log" / "stubborn.log"
    program = Program("stubborn", (sys.executable, "-c", stubborn), stop_seconds=0.5, ready=lambda: "ready" in log.read_text())
    with supervised(var_dir) as supervisor:
        supervisor.start(program)
        pid = json.loads((var_dir / "processes.json").read_text())["stubborn"][0]
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert not psutil.pid_exists(pid)


def test_children_of_a_process_do_not_outlive_it(var_dir):
    parent = "import subprocess, time; child = subprocess.Popen(['/bin/sleep', '60']); print(child.pid, flush=True); time.sleep(60)"
    log = var_dir / "log" / "parent.log"
    with supervised(var_dir) as supervisor:
        supervisor.start(Program("parent", (sys.executable, "-c", parent), ready=lambda: log.read_text().strip().isdigit()))
        child = int(log.read_text())
        assert psutil.pid_exists(child)
    wait_until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)


def test_output_is_kept_per_process(var_dir, notes):
    with supervised(var_dir) as supervisor:
        supervisor.start(living("web", notes))
        supervisor.start(living("worker", notes))
    assert (var_dir / "log" / "web.log").read_text() == "hello from web\n"
    assert (var_dir / "log" / "worker.log").read_text() == "hello from worker\n"


def test_output_on_the_console_carries_the_name_of_the_process(var_dir, notes, capsys):
    with Supervisor(var_dir / "log", var_dir / "processes.json") as supervisor:
        supervisor.start(living("web", notes))
        supervisor.start(living("postgres", notes, on_console=False))
    assert capsys.readouterr().out == "web      | hello from web\n"


def test_a_log_that_grows_large_is_kept_in_two_files(var_dir):
    log = ProcessLog("web", var_dir, None)
    block = b"x" * 65536
    for _ in range(LOG_LIMIT // len(block) + 3):
        log.receive(block + b"\n")
    log.close()
    assert (var_dir / "web.log.1").stat().st_size >= LOG_LIMIT
    assert (var_dir / "web.log").stat().st_size <= 4 * len(block)


def test_a_pid_that_was_given_to_another_process_is_left_alone(var_dir):
    bystander = subprocess.Popen(["/bin/sleep", "60"], start_new_session=True)
    try:
        (var_dir / "processes.json").write_text(json.dumps({"web": [bystander.pid, psutil.Process(bystander.pid).create_time() - 500]}))
        assert Register(var_dir / "processes.json").end_leftovers() == []
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_what_a_killed_start_left_behind_is_ended_before_the_next(var_dir):
    orphan = subprocess.Popen(["/bin/sleep", "60"], start_new_session=True)
    (var_dir / "processes.json").write_text(json.dumps({"web": [orphan.pid, psutil.Process(orphan.pid).create_time()]}))
    threading.Thread(target=orphan.wait).start()
    with supervised(var_dir):
        assert not psutil.pid_exists(orphan.pid)


def test_a_child_that_outlived_its_killed_parent_is_ended_before_the_next_start(var_dir):
    script = "import subprocess, time; print(subprocess.Popen(['/bin/sleep', '60']).pid, flush=True); time.sleep(60)"
    environment = {"VAR_DIR": str(var_dir), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", script]
    parent = subprocess.Popen(command, start_new_session=True, env=environment, stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    (var_dir / "processes.json").write_text(json.dumps({"worker": [parent.pid, psutil.Process(parent.pid).create_time()]}))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert psutil.pid_exists(child)
    assert Register(var_dir / "processes.json").end_leftovers() == ["worker"]
    wait_until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel of Linux ends orphans")
def test_a_supervisor_killed_with_9_takes_its_processes_along(var_dir, notes):
    script = (
        "import sys; from pathlib import Path\n"
        "from tests.operate.engine.test_supervisor import living, supervised\n"
        "with supervised(Path(sys.argv[1])) as supervisor:\n"
        "    supervisor.start(living('worker', Path(sys.argv[2])))\n"
        "    supervisor.run()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(var_dir), str(notes)], cwd=CHECKOUT)
    wait_until(lambda: "worker started" in notes.read_text())
    worker = json.loads((var_dir / "processes.json").read_text())["worker"][0]
    process.kill()
    process.wait()
    wait_until(lambda: not psutil.pid_exists(worker))
    assert notes.read_text().splitlines() == ["worker started", "worker ended"]
