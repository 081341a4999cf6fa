"""Output of the processes: a log file each, and lines with the process's name in front on the console."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

LOG_LIMIT = 20 * 1024 * 1024  # bytes; one older file of the same size is kept


class ProcessLog:
    """Receives the output of one process as it comes and keeps it in ``folder/<name>.log``.

    ``awaited_came`` says whether the line ``awaited`` has been among it.
    """

    def __init__(self, name: str, folder: Path, console: TextIO | None, *, awaited: str | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._name = name
        self._path = folder / f"{name}.log"
        self._console = console
        self._rest = b""
        self._file = self._path.open("ab", buffering=0)
        self._awaited = awaited
        self.awaited_came = awaited is None
        self.last_lines: list[str] = []

    def receive(self, chunk: bytes) -> None:
        """Take bytes as they come; whole lines go out, the rest waits."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > 65536:  # a process that never ends its line must not fill our memory
            lines.append(self._rest)
            self._rest = b""
        for line in lines:
            self._write(line)

    def close(self) -> None:
        """Write what is left and close the file."""
        if self._rest:
            self._write(self._rest)
            self._rest = b""
        self._file.close()

    def _write(self, line: bytes) -> None:
        if self._file.tell() > LOG_LIMIT:
            self._file.close()
            self._path.replace(self._path.with_suffix(".log.1"))
            self._file = self._path.open("ab", buffering=0)
        self._file.write(line + b"\n")
        text = line.decode(errors="replace").rstrip("\r")
        self.awaited_came = self.awaited_came or text == self._awaited
        self.last_lines = [*self.last_lines[-19:], text]
        if self._console is not None:
            say(f"{self._name:<9}| {text}", self._console)


def say(text: str, console: TextIO | None = None) -> None:
    """Print one line at once; a console that has gone away is no reason to stop serving."""
    try:
        print(text, file=console or sys.stdout, flush=True)
    except (BrokenPipeError, OSError):
        return
