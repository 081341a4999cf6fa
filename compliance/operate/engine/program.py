"""One process of the product, described: what to run, how to see that it is ready, how to end it."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from compliance.operate.engine.account import Account
from compliance.operate.engine.lifeline import tied_to_parent


@dataclass(frozen=True, slots=True)
class Program:
    """A long-running process. It is ready when it has printed ``ready_line`` and ``ready``, asked again and again, says True.

    Durations are in seconds.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15
    ready: Callable[[], bool] | None = None
    ready_line: str | None = None
    ready_seconds: float = 60
    on_console: bool = True

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start it in a process group of its own, output to a pipe. Raises :class:`OSError` where it cannot be run."""
        user = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []} if self.account else {}
        return subprocess.Popen(
            self.command,
            env=dict(self.environment),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=tied_to_parent(self.orphan_signal),
            **user,
        )
