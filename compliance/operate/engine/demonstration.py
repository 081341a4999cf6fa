"""The vendor sandbox of a demo: which ports, since when, and whether the demo data has been made already.

The same ports and the same beginning are kept over restarts: connections of the demo name the ports, and a sandbox that begins at
the same instant replays to the same accounts.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from compliance.configuration import Configuration, read_port
from compliance.operate.demo.film.frames import HISTORY, beginning_before
from compliance.operate.engine import programs
from compliance.operate.engine.ports import LOOPBACK, free_port, is_free
from compliance.operate.engine.program import Program

VENDORS = ("aws", "github", "okta", "bamboohr", "jira")


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The sandbox of the demo under ``var_dir``."""

    var_dir: Path
    ports: Mapping[str, int]

    @classmethod
    def prepare(cls, var_dir: Path) -> Demonstration:
        """Take the ports of the last time where they are still free, or choose others and keep them."""
        return cls(var_dir, {vendor: _chosen_port(_port_file(var_dir, vendor)) for vendor in VENDORS})

    @classmethod
    def kept(cls, var_dir: Path) -> Demonstration | None:
        """As it runs or ran the last time; None where there has been no demo here."""
        ports = {vendor: port for vendor in VENDORS if (port := read_port(_port_file(var_dir, vendor)))}
        return cls(var_dir, ports) if len(ports) == len(VENDORS) else None

    def needs_seed(self, configuration: Configuration) -> bool:
        """Whether the demo data is not complete yet (``seed_demo`` writes the logins last), or the logins name another address."""
        logins = self.var_dir / "logins.txt"
        return not logins.exists() or configuration.public_url not in logins.read_text()

    def settings(self, configuration: Configuration) -> Configuration:
        """``configuration`` with the sandbox's addresses; connectors may reach loopback in the demo, and only there."""
        return replace(
            configuration,
            sandbox_urls=tuple((vendor, f"http://{LOOPBACK}:{port}") for vendor, port in self.ports.items()),
            outgoing_allow=tuple(dict.fromkeys([*configuration.outgoing_allow, LOOPBACK])),
        )

    def program(self, environment: Mapping[str, str]) -> Program:
        """The sandbox, from the beginning it had the last time."""
        kept = self._beginning.read_text().strip() if self._beginning.exists() else ""
        start = kept or beginning_before(datetime.now(UTC) - HISTORY).isoformat()
        return programs.sandbox(environment, self.ports, start)

    def has_answered(self) -> bool:
        """Whether the sandbox says since when its history runs; the answer is kept for ``seed_demo`` and for later starts."""
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.ports['aws']}/_sandbox/state", timeout=5) as answer:
                start = json.load(answer)["start"]
        except (OSError, ValueError):
            return False
        self._beginning.write_text(start + "\n")
        return True

    @property
    def _beginning(self) -> Path:
        return self.var_dir / "sandbox-start"


def _port_file(var_dir: Path, vendor: str) -> Path:
    return var_dir / "run" / f"sandbox-{vendor}.port"


def _chosen_port(file: Path) -> int:
    kept = read_port(file)
    if kept is not None and is_free(kept):
        return kept
    file.parent.mkdir(parents=True, exist_ok=True)
    port = free_port()
    file.write_text(f"{port}\n")
    return port
