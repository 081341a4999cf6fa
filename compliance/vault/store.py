"""Where encrypted blobs lie: a folder, or any S3-compatible store. Content-addressed, so that writing twice is harmless."""

import os
import secrets
import uuid
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings

READ = 1024 * 1024
DRAFTS = ".drafts"


class BlobMissing(LookupError):
    """The database says the blob is kept, the store does not have it: restore it from a backup."""


class HeldByLock(PermissionError):
    """The store keeps the object until its retention ends or its legal hold is lifted: nothing can remove it before."""


class Store(Protocol):
    """Bytes by name. What is large comes and goes in pieces, never as a whole in memory."""

    def put(self, name: str, data: bytes) -> None:
        """Write; an existing object of that name stays as it is."""
        ...

    def put_file(self, name: str, path: Path) -> None:
        """Write what the file holds, and remove the file; an existing object of that name stays as it is."""
        ...

    def replace(self, name: str, data: bytes) -> None:
        """Write in place of the object of that name: the same content, sealed with another key."""
        ...

    def replace_file(self, name: str, path: Path) -> None:
        """As `replace`, with what the file holds; the file is removed."""
        ...

    def get(self, name: str) -> bytes:
        """Read whole. Raises BlobMissing."""
        ...

    def read(self, name: str) -> Iterator[bytes]:
        """Read piece by piece. Raises BlobMissing at once, not with the first piece."""
        ...

    def head(self, name: str, number: int) -> bytes:
        """The first `number` bytes. Raises BlobMissing."""
        ...

    def size(self, name: str) -> int | None:
        """Bytes of the object, None where there is none."""
        ...

    def names(self, prefix: str = "") -> Iterator[str]:
        """The name of every object that begins so, in order."""
        ...

    def may_remove(self, name: str) -> None:
        """Raises HeldByLock where `remove` would; changes nothing."""
        ...

    def hold(self, name: str, on: bool) -> None:
        """Put a legal hold on the object, or lift it, where the store knows such a thing."""
        ...

    def remove(self, name: str) -> None:
        """Remove for good, with every former version; an absent object is no error. Raises HeldByLock."""
        ...

    def draft(self) -> Path:
        """A new path where a file can be written that `put_file` then takes."""
        ...


def blob_name(organization_id: uuid.UUID, digest: bytes) -> str:
    """The object's name: organization, two digits to spread folders, digest."""
    text = digest.hex()
    return f"{organization_id}/{text[:2]}/{text}"


class FolderStore:
    """On the local disk; each object appears whole or not at all, and is on the disk, with its name, before `put` returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, data: bytes) -> None:
        """See Store."""
        if not (self.folder / name).exists():
            self.replace(name, data)

    def put_file(self, name: str, path: Path) -> None:
        """See Store."""
        if (self.folder / name).exists():
            path.unlink(missing_ok=True)
        else:
            self.replace_file(name, path)

    def replace(self, name: str, data: bytes) -> None:
        """See Store."""
        target = self.folder / name
        self._make(target.parent)
        part = target.with_name(f"{target.name}.{secrets.token_hex(6)}.part")
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        _settle(target.parent)

    def replace_file(self, name: str, path: Path) -> None:
        """See Store."""
        target = self.folder / name
        self._make(target.parent)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(target)
        _settle(target.parent)

    def get(self, name: str) -> bytes:
        """See Store."""
        return b"".join(self.read(name))

    def read(self, name: str) -> Iterator[bytes]:
        """See Store."""
        try:
            file = (self.folder / name).open("rb")
        except FileNotFoundError as error:
            raise BlobMissing(name) from error

        def pieces() -> Iterator[bytes]:
            with file:
                while piece := file.read(READ):
                    yield piece

        return pieces()

    def head(self, name: str, number: int) -> bytes:
        """See Store."""
        try:
            with (self.folder / name).open("rb") as file:
                return file.read(number)
        except FileNotFoundError as error:
            raise BlobMissing(name) from error

    def size(self, name: str) -> int | None:
        """See Store."""
        try:
            return (self.folder / name).stat().st_size
        except FileNotFoundError:
            return None

    def names(self, prefix: str = "") -> Iterator[str]:
        """See Store."""
        for folder, folders, files in os.walk(self.folder):
            folders[:] = sorted(each for each in folders if each != DRAFTS)
            for file in sorted(files):
                name = (Path(folder) / file).relative_to(self.folder).as_posix()
                if name.startswith(prefix) and not name.endswith(".part"):
                    yield name

    def may_remove(self, name: str) -> None:
        """A folder locks nothing: the rules of the product itself are all that holds."""

    def hold(self, name: str, on: bool) -> None:
        """A folder knows no holds: the product's own is all that holds."""

    def remove(self, name: str) -> None:
        """See Store."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        if path.parent.exists():
            _settle(path.parent)

    def draft(self) -> Path:
        """See Store: on the same disk, so that taking it over is a rename."""
        folder = self.folder / DRAFTS
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / secrets.token_hex(12)

    def _make(self, folder: Path) -> None:
        """The folder, and those above it; a new one is on the disk only when the one above knows it."""
        if folder.is_dir():
            return
        if folder != self.folder:
            self._make(folder.parent)
        folder.mkdir(parents=True, exist_ok=True)
        _settle(folder.parent)


def _settle(folder: Path) -> None:
    """Make the names in the folder survive a loss of power (fsync of the folder; fsync of a file says nothing about its name)."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_store() -> Store:
    """The store named by BLOB_STORE_URL."""
    return store_at(settings.CONFIGURATION.blob_store_url)


@lru_cache(maxsize=4)
def store_at(url: str) -> Store:
    """The store of that address (`file:///folder` or `s3://bucket/prefix?…`)."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderStore(Path(unquote(parts.path)))
    from compliance.vault.s3store import S3Store  # noqa: PLC0415  boto3 costs 30 MB and is loaded only where S3 is used

    return S3Store(bucket=parts.netloc, prefix=parts.path.strip("/"), query=parts.query)
