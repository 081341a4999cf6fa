"""The vendor sandbox of a demo: which ports, since when, and whether the demo data has been made already.

The same ports and the same beginning are kept over restarts: connections of the demo name the ports, and a sandbox that begins at
the same instant replays to the same accounts.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from compliance.configuration import Configuration, read_port
from compliance.operate.engine import programs
from compliance.operate.engine.ports import LOOPBACK, free_port, is_free
from compliance.operate.engine.program import Program


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The sandbox of the demo under ``var_dir``."""

    var_dir: Path
    aws_port: int
    github_port: int

    @classmethod
    def prepare(cls, var_dir: Path) -> Demonstration:
        """Choose free ports once and keep them."""
        return cls(var_dir, _kept_port(var_dir / "run" / "sandbox.port"), _kept_port(var_dir / "run" / "sandbox-github.port"))

    @property
    def is_seeded(self) -> bool:
        """Whether ``seed_demo`` has come to its end (it writes the logins last)."""
        return (self.var_dir / "logins.txt").exists()

    @property
    def _beginning(self) -> Path:
        return self.var_dir / "sandbox-start"

    def settings(self, configuration: Configuration) -> Configuration:
        """``configuration`` with the sandbox's addresses; connectors may reach loopback in the demo, and only there."""
        return replace(
            configuration,
            sandbox_url=f"http://{LOOPBACK}:{self.aws_port}",
            sandbox_github_url=f"http://{LOOPBACK}:{self.github_port}",
            outgoing_allow=tuple(dict.fromkeys([*configuration.outgoing_allow, LOOPBACK])),
        )

    def program(self, environment: Mapping[str, str], *, hold: bool) -> Program:
        """The sandbox; with ``hold`` it stands at its beginning until it is moved on, otherwise it replays to the present."""
        start = None if hold or not self._beginning.exists() else self._beginning.read_text().strip()
        return programs.sandbox(environment, self.aws_port, self.github_port, start=start, hold=hold)

    def remember_beginning(self) -> None:
        """Keep the instant at which the running sandbox's history begins."""
        with urllib.request.urlopen(f"http://{LOOPBACK}:{self.aws_port}/_sandbox/state", timeout=30) as answer:
            self._beginning.write_text(json.load(answer)["start"] + "\n")


def _kept_port(file: Path) -> int:
    kept = read_port(file)
    if kept is not None and is_free(kept):
        return kept
    file.parent.mkdir(parents=True, exist_ok=True)
    port = free_port()
    file.write_text(f"{port}\n")
    return port
