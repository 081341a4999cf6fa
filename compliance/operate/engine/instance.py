"""One running instance per VAR_DIR: the lock, who holds it, and where the instance can be reached."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from compliance.operate.engine.errors import EngineError


class Instance:
    """The lock ``VAR_DIR/run.lock``; the kernel frees it however its holder ends."""

    def __init__(self, var_dir: Path) -> None:
        self._lock = var_dir / "run.lock"
        self.address_file = var_dir / "address"

    @contextmanager
    def held(self) -> Iterator[TextIO]:
        """Hold the lock. Raises :class:`EngineError` saying who runs and where, if somebody does."""
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise EngineError(self.describe(_read(file))) from None
            _write(file, {"pid": os.getpid(), "since": datetime.now().astimezone().isoformat(timespec="seconds")})
            self.address_file.unlink(missing_ok=True)  # left by a holder that was killed
            try:
                yield file
            finally:
                self.address_file.unlink(missing_ok=True)
                _write(file, {})

    def announce(self, address: str) -> None:
        """Write where the instance is reached, for people and scripts."""
        draft = self.address_file.with_suffix(".new")
        draft.write_text(f"{address}\n")
        draft.replace(self.address_file)

    def holder(self) -> dict[str, object] | None:
        """``pid`` and ``since`` of the running instance; None where nothing runs."""
        try:
            file = self._lock.open("a+")
        except FileNotFoundError:
            return None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read(file)
            return None

    def describe(self, holder: dict[str, object]) -> str:
        """One sentence: who runs, since when, where, and how to stop it."""
        address = self.address_file.read_text().strip() if self.address_file.exists() else "an address that it has not announced yet"
        return f"It runs already: process {holder.get('pid', '?')} since {holder.get('since', '?')}, at {address}; `make stop` ends it."

    def stop(self, *, seconds: float = 120) -> bool:
        """End the running instance and wait for it; False where none was running.

        Raises :class:`EngineError` where it does not end in time.
        """
        holder = self.holder()
        if holder is None:
            return False
        if not isinstance(holder.get("pid"), int):
            raise EngineError(f"Something holds {self._lock} without saying who it is: find it with `fuser {self._lock}`.")
        os.kill(holder["pid"], signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while self.holder() is not None:
            if time.monotonic() > deadline:
                raise EngineError(f"Process {holder['pid']} has not ended within {seconds:.0f} seconds: look into its logs.")
            time.sleep(0.1)
        return True


def _read(file: TextIO) -> dict[str, object]:
    file.seek(0)
    try:
        content = json.loads(file.read() or "{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _write(file: TextIO, content: dict[str, object]) -> None:
    file.seek(0)
    file.truncate()
    file.write(json.dumps(content))
    file.flush()
