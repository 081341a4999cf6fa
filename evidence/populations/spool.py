"""Sorting more rows than memory holds: sorted runs on disk, merged in the end. The order is that of the bytes, whatever the database thinks."""

import heapq
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

RUN_BYTES = 12 * 1024 * 1024


class Spool:
    """Rows as `id TAB line`, to be had back in bytewise order of their ids. An id holds no control character, a line no line feed.

    Holds at most about `run_bytes` of rows at once; the runs lie in a temporary directory that goes with the spool."""

    def __init__(self, run_bytes: int = RUN_BYTES) -> None:
        self._limit = run_bytes
        self._held: list[bytes] = []
        self._size = 0
        self._open = ExitStack()
        self._folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="population-"))
        self._runs: list[Path] = []
        self.rows = 0

    def add(self, row_id: str, line: bytes) -> None:
        """One more row."""
        entry = row_id.encode() + b"\t" + line + b"\n"
        self._held.append(entry)
        self._size += len(entry) + 33  # what Python keeps beside the bytes
        self.rows += 1
        if self._size >= self._limit:
            self._write_run()

    def ordered(self) -> Iterator[tuple[bytes, bytes]]:
        """(id, line) of all rows in order."""
        self._held.sort()
        runs = [self._open.enter_context(run.open("rb")) for run in self._runs]
        for entry in heapq.merge(self._held, *runs):
            row_id, _, line = entry.partition(b"\t")
            yield row_id, line[:-1]

    def close(self) -> None:
        """Give back disk and memory."""
        self._held.clear()
        self._open.close()

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_about: object) -> None:
        self.close()

    def _write_run(self) -> None:
        self._held.sort()
        run = Path(self._folder) / str(len(self._runs))
        with run.open("wb") as file:
            file.writelines(self._held)
        self._runs.append(run)
        self._held.clear()
        self._size = 0
