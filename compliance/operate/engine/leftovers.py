"""Processes a killed supervisor left behind: remembered by pid and start time, ended before the next start.

On Linux the kernel ends them (``lifeline``); this is the net below it, and the only one elsewhere.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import psutil

from compliance.operate.engine.console import say


class Register:
    """The processes that run now, in ``VAR_DIR/processes.json``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, tuple[int, float]] = {}

    def add(self, name: str, pid: int) -> None:
        """Remember a process that was just started."""
        try:
            self._entries[name] = (pid, psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            return
        self._save()

    def remove(self, name: str) -> None:
        """Forget a process that has ended."""
        if self._entries.pop(name, None):
            self._save()

    def end_leftovers(self, *, seconds: float = 30) -> list[str]:
        """End processes of an earlier supervisor that still run, and everything in their group; returns their names.

        A pid that now belongs to another process has another start time and is left alone.
        """
        found = self._stored()
        for name, process in found:
            say(f"ending {name} (process {process.pid}), left behind by a start that was killed")
            _signal(process, signal.SIGINT if name == "postgres" else signal.SIGTERM)
        _, alive = psutil.wait_procs([process for _, process in found], timeout=seconds)
        for process in alive:
            _signal(process, signal.SIGKILL)
        psutil.wait_procs(alive, timeout=5)
        self._path.unlink(missing_ok=True)
        return [name for name, _ in found]

    def _stored(self) -> list[tuple[str, psutil.Process]]:
        try:
            entries = json.loads(self._path.read_text())
        except (FileNotFoundError, ValueError):
            return []
        groups = {pid: (name, started) for name, (pid, started) in entries.items()}
        found = []
        for process in psutil.process_iter():
            pid = _group(process.pid)
            if pid in groups and _is_ours(process, leader=pid, started=groups[pid][1], var_dir=self._path.parent):
                found.append((groups[pid][0], process))
        return found

    def _save(self) -> None:
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(self._entries))
        draft.replace(self._path)


def _is_ours(process: psutil.Process, *, leader: int, started: float, var_dir: Path) -> bool:
    """The process that was started then, or a child it left in its group, known by our VAR_DIR in its environment."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.pid == leader:
            return abs(process.create_time() - started) < 1
        return process.environ().get("VAR_DIR") == str(var_dir)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except (ProcessLookupError, PermissionError):
        return 0


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
