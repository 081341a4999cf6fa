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
        found = {name: process for name, process in self._stored() if process.is_running()}
        for name, process in found.items():
            say(f"ending {name} (process {process.pid}), left behind by a start that was killed")
            _signal_group(process.pid, signal.SIGINT if name == "postgres" else signal.SIGTERM)
        _, alive = psutil.wait_procs(list(found.values()), timeout=seconds)
        for process in alive:
            _signal_group(process.pid, signal.SIGKILL)
        psutil.wait_procs(alive, timeout=5)
        self._path.unlink(missing_ok=True)
        return list(found)

    def _stored(self) -> list[tuple[str, psutil.Process]]:
        try:
            entries = json.loads(self._path.read_text())
        except (FileNotFoundError, ValueError):
            return []
        processes = []
        for name, (pid, started) in entries.items():
            try:
                process = psutil.Process(pid)
                if abs(process.create_time() - started) < 1:
                    processes.append((name, process))
            except psutil.NoSuchProcess:
                continue
        return processes

    def _save(self) -> None:
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(self._entries))
        draft.replace(self._path)


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
