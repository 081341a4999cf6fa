"""How a backup lies in its folder.

    begun.json       format, version, when, and the fingerprint of the key it is encrypted to (empty: none)
    database.dump    PostgreSQL's custom format
    blobs/…          the blobs, sealed as in the store
    blobs.jsonl      name, size and SHA-256 of each
    manifest.json    SHA-256 of dump and list; written last: a backup without it is unfinished

Encrypted, every file but `begun.json` is encrypted to the key under its own name. Hashes are of files as they lie. While a backup is
unfinished three readable files say how far it is, since whoever makes it cannot open it: `database.json` (the dump is complete),
`wanted.txt` (names of the blobs the dump mentions, read in its own snapshot), `blobs.jsonl.so_far`.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from compliance.operate.backup.recipient import WrongKey, encrypted_to, fingerprint, opened_with
from compliance.vault.store import READ, FolderStore

FORMAT = 1
BEGUN, DUMP, DUMPED, WANTED, LINES, MANIFEST = "begun.json", "database.dump", "database.json", "wanted.txt", "blobs.jsonl", "manifest.json"


class BrokenBackup(ValueError):
    """The folder holds no complete, whole backup; the message names the file."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it lies."""

    sha256: str
    size: int


class Archive:
    """The folder, and the key its files are encrypted to or opened with."""

    def __init__(self, folder: Path, *, public: X25519PublicKey | None = None, private: X25519PrivateKey | None = None) -> None:
        self.folder = folder
        self.public = public or (private.public_key() if private else None)
        self.private = private
        self.blobs = FolderStore(folder / "blobs")

    @property
    def recipient(self) -> str:
        """Fingerprint of the key, empty where nothing is encrypted."""
        return fingerprint(self.public) if self.public else ""

    def write(self, name: str, chunks: Iterable[bytes]) -> Written:
        """A file of the backup, whole or not at all."""
        sha, size = hashlib.sha256(), 0
        draft = self.folder / f"{name}.part"
        with draft.open("wb") as file:
            for chunk in encrypted_to(self.public, name, chunks) if self.public else chunks:
                file.write(chunk)
                sha.update(chunk)
                size += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / name)
        return Written(sha.hexdigest(), size)

    def write_json(self, name: str, content: Any) -> Written:
        """A small file of the backup."""
        return self.write(name, [json.dumps(content, indent=1, sort_keys=True).encode()])

    def write_blob(self, name: str, chunks: Iterable[bytes]) -> Written:
        """A blob of the backup, whole or not at all."""
        sha, size, draft = hashlib.sha256(), 0, self.blobs.draft()
        try:
            with draft.open("xb") as file:
                for chunk in encrypted_to(self.public, name, chunks) if self.public else chunks:
                    file.write(chunk)
                    sha.update(chunk)
                    size += len(chunk)
            self.blobs.replace_file(name, draft)
        finally:
            draft.unlink(missing_ok=True)
        return Written(sha.hexdigest(), size)

    def read(self, name: str) -> Iterator[bytes]:
        """A file, opened. Raises BrokenBackup, WrongKey, CannotDecrypt."""
        return self._opened(name, _pieces(self.folder / name, name))

    def read_blob(self, name: str) -> Iterator[bytes]:
        """A blob, opened to what lay in the store. Raises as `read`."""
        return self._opened(name, _pieces(self.blobs.folder / name, name))

    def read_json(self, name: str) -> Any:
        """A small file. Raises as `read`."""
        try:
            return json.loads(b"".join(self.read(name)))
        except json.JSONDecodeError as error:
            raise BrokenBackup(f"{name} of the backup cannot be read: it was altered or cut off.") from error

    def lines(self) -> dict[str, Written]:
        """What `blobs.jsonl` says, as far as its lines are whole. Raises as `read`."""
        return dict(_line(line) for line in b"".join(self.read(LINES)).decode().splitlines() if line.endswith("}"))

    def hash_of(self, name: str, *, blob: bool = False) -> Written:
        """A file as it lies now. Raises BrokenBackup where it is missing."""
        sha, size = hashlib.sha256(), 0
        for piece in _pieces((self.blobs.folder if blob else self.folder) / name, name):
            sha.update(piece)
            size += len(piece)
        return Written(sha.hexdigest(), size)

    def begun(self) -> dict[str, Any] | None:
        """What `begun.json` says, None in a folder where nothing was begun. Raises BrokenBackup."""
        path = self.folder / BEGUN
        if not path.exists():
            return None
        try:
            told = json.loads(path.read_bytes())
        except ValueError as error:
            raise BrokenBackup(f"{BEGUN} of the backup cannot be read.") from error
        if told.get("format") != FORMAT:
            raise BrokenBackup(f"The backup has format {told.get('format')}; this version reads format {FORMAT}.")
        return told

    def _opened(self, name: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
        if not self.public:
            return chunks
        if self.private is None:
            raise WrongKey("The backup is encrypted: give its private key with --key.")
        return opened_with(self.private, name, chunks)


def _pieces(path: Path, name: str) -> Iterator[bytes]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise BrokenBackup(f"{name} is missing in the backup.") from error
    with file:
        while piece := file.read(READ):
            yield piece


def _line(line: str) -> tuple[str, Written]:
    told = json.loads(line)
    return told["name"], Written(told["sha256"], told["size"])
