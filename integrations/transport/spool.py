"""Raw pages of a run, kept on disk until it is known which of them carry something new.

Most pages of an unchanged account hold something volatile (a request id), so that keeping every page would grow the
store with polling instead of with change. Only pages that a new record points to move on into the vault.
"""

import hashlib
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path


class Spool:
    """Content-addressed pages in a private temporary folder. Thread-safe. Use as a context manager: leaving removes it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="plumbline-run-")
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}
        self._redactions: dict[str, tuple[str, ...]] = {}

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._folder.cleanup()

    def put(self, raw: bytes, redactions: Sequence[str] = ()) -> str:
        """Keep one page, out of which `redactions` were taken before (`redaction.redact`); returns its SHA-256 in hex, which is its
        address."""
        digest = hashlib.sha256(raw).hexdigest()
        with self._lock:
            if redactions:
                self._redactions.setdefault(digest, tuple(redactions))
            if digest in self._sizes:
                return digest
            self._sizes[digest] = len(raw)
        (Path(self._folder.name) / digest).write_bytes(raw)
        return digest

    def get(self, digest: str) -> bytes:
        """The page of that digest. Raises KeyError when this run received no such page."""
        if digest not in self._sizes:
            raise KeyError(digest)
        return (Path(self._folder.name) / digest).read_bytes()

    def digests(self) -> frozenset[str]:
        """All pages kept so far."""
        return frozenset(self._sizes)

    def redactions(self) -> Mapping[str, tuple[str, ...]]:
        """By page: what was taken out before it was kept, in words. Pages that are as received are not named."""
        with self._lock:
            return dict(self._redactions)
