"""Starts processes in order, restarts those that end, stops them in reverse.

One thread and one loop: a child's lifeline is tied to the thread that created it, and nothing here waits for long.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from compliance.operate.engine.console import ProcessLog, say
from compliance.operate.engine.errors import EngineError
from compliance.operate.engine.leftovers import Register
from compliance.operate.engine.program import Program

STABLE_SECONDS = 60  # a process that ran this long starts again at once; before, it waits 1, 2, 4 … 30 seconds
LONGEST_PAUSE = 30
READY_PAUSE = 0.1  # seconds between two looks whether a process is ready
TICK = 0.05


class _Running:
    """A program and the process that runs it now (or the moment at which it is started again)."""

    def __init__(self, program: Program, log: ProcessLog) -> None:
        self.program = program
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.failures = 0
        self.again_at: float | None = None


class Supervisor:
    """Runs programs until it is told to stop. Use it as a context manager: leaving it stops everything."""

    def __init__(self, log_folder: Path, register: Path, *, quiet: bool = False) -> None:
        self._log_folder = log_folder
        self._console = None if quiet else sys.stdout
        self._register = Register(register)
        self._running: dict[str, _Running] = {}
        self._selector = selectors.DefaultSelector()
        self._stopping = False

    def __enter__(self) -> Supervisor:
        self._register.end_leftovers()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def request_stop(self, *_: object) -> None:
        """Ask the loop to end; fit for a signal handler and for :meth:`watch`."""
        self._stopping = True

    @property
    def stopping(self) -> bool:
        """Whether a stop was asked for."""
        return self._stopping

    def watch(self, descriptor: int, closed: Callable[[], None]) -> None:
        """Call ``closed`` once when ``descriptor`` (a pipe) is closed at its other end."""
        self._selector.register(descriptor, selectors.EVENT_READ, closed)

    def start(self, program: Program) -> None:
        """Start ``program`` and return when it is ready.

        Raises :class:`EngineError` where it cannot be run, ends early or is not ready in time.
        """
        self.launch(program)
        self.await_ready(program.name)

    def launch(self, program: Program) -> None:
        """Start ``program`` without waiting. Raises :class:`EngineError` where it cannot be run."""
        console = self._console if program.on_console else None
        log = ProcessLog(program.name, self._log_folder, console, awaited=program.ready_line)
        running = self._running[program.name] = _Running(program, log)
        self._spawn(running)

    def await_ready(self, name: str, earlier: Callable[[], bool] | None = None) -> None:
        """Return when the launched program ``name`` is ready, or when ``earlier`` says True.

        Raises :class:`EngineError` as :meth:`start` does.
        """
        running = self._running[name]
        program, log = running.program, running.log
        deadline = running.started + program.ready_seconds
        while not (earlier() if earlier else self._is_ready(running)):
            self._tick_for(READY_PAUSE)
            if self._stopping:
                raise EngineError(f"Stopped while {name} was starting.")
            if running.process is None or running.process.poll() is not None:
                self._drain(running)
                raise EngineError(f"{name} ended while starting: {_reason(log)} (more in {self._log_folder}/{name}.log)")
            if time.monotonic() > deadline:
                raise EngineError(f"{name} was not ready within {program.ready_seconds:.0f} seconds: see {self._log_folder}/{name}.log.")

    def step(self, name: str, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        """Run a command to its end. Raises :class:`EngineError` with its last line where it fails."""
        program = Program(name=name, command=command, environment=environment)
        running = self._running[name] = _Running(program, ProcessLog(name, self._log_folder, self._console))
        self._spawn(running)
        process = running.process
        while process is not None and process.poll() is None:
            self._tick(restart=False)
            if self._stopping:
                raise EngineError(f"Stopped during {name}.")
        self._drain(running)
        self._forget(name)
        if process is not None and process.returncode != 0:
            raise EngineError(f"{name} failed: {_reason(running.log)} (more in {self._log_folder}/{name}.log)")

    def run(self) -> None:
        """Watch and restart until a stop is asked for."""
        while not self._stopping:
            self._tick()

    def stop(self) -> None:
        """Stop everything in reverse order of its start."""
        for name in reversed(list(self._running)):
            running = self._running[name]
            running.again_at = None
            if running.process is not None:
                self._end(running)
            self._forget(name)
        self._selector.close()

    @staticmethod
    def _is_ready(running: _Running) -> bool:
        ready = running.program.ready
        return running.log.awaited_came and (ready is None or ready())

    def _tick_for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._tick()

    def _tick(self, *, restart: bool = True) -> None:
        self._listen()
        for running in list(self._running.values()):
            process = running.process
            if process is not None and process.poll() is not None and restart:
                self._ended(running, process.returncode)
            elif running.again_at is not None and time.monotonic() >= running.again_at and not self._stopping:
                self._spawn(running)

    def _spawn(self, running: _Running) -> None:
        program = running.program
        running.again_at = None
        try:
            running.process = program.spawn()
        except OSError as error:
            raise EngineError(f"{program.name} cannot be run ({error.strerror}: {program.command[0]}).") from error
        running.started = time.monotonic()
        self._register.add(program.name, running.process.pid)
        os.set_blocking(running.process.stdout.fileno(), False)
        self._selector.register(running.process.stdout, selectors.EVENT_READ, running)

    def _ended(self, running: _Running, code: int) -> None:
        self._drain(running)
        _signal_group(running.process, signal.SIGKILL)  # children it left would keep its port or its lock
        running.process = None
        self._register.remove(running.program.name)
        if self._stopping:
            return
        running.failures = 0 if time.monotonic() - running.started >= STABLE_SECONDS else running.failures + 1
        pause = min(LONGEST_PAUSE, 2 ** (running.failures - 1)) if running.failures else 0
        running.again_at = time.monotonic() + pause
        say(f"{running.program.name} ended ({_meaning(code)}); started again in {pause} s", self._console or sys.stderr)

    def _end(self, running: _Running) -> None:
        process, program = running.process, running.program
        if process.poll() is None:
            with suppress(ProcessLookupError):
                process.send_signal(program.stop_signal)
        deadline = time.monotonic() + program.stop_seconds
        while process.poll() is None and time.monotonic() < deadline:
            self._listen()
        _signal_group(process, signal.SIGKILL)
        process.wait()
        self._drain(running)

    def _listen(self) -> None:
        if not self._selector.get_map():
            time.sleep(TICK)
        for key, _ in self._selector.select(timeout=TICK):
            if isinstance(key.data, _Running):
                self._read(key.data)
            elif not os.read(key.fd, 4096):
                self._selector.unregister(key.fd)
                key.data()

    def _read(self, running: _Running) -> bool:
        stream = running.process.stdout if running.process else None
        if stream is None or stream.closed:
            return False
        try:
            chunk = os.read(stream.fileno(), 65536)
        except BlockingIOError:
            return False
        if not chunk:
            self._selector.unregister(stream)
            stream.close()
            return False
        running.log.receive(chunk)
        return True

    def _drain(self, running: _Running) -> None:
        while self._read(running):
            continue
        stream = running.process.stdout if running.process else None
        if stream is not None and not stream.closed:  # a grandchild still holds the pipe
            self._selector.unregister(stream)
            stream.close()

    def _forget(self, name: str) -> None:
        running = self._running.pop(name)
        running.log.close()
        self._register.remove(name)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _reason(log: ProcessLog) -> str:
    lines = [line.strip() for line in log.last_lines if line.strip()]
    return lines[-1] if lines else "no reason given"


def _meaning(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
