"""Where encrypted blobs lie: a folder, or any S3-compatible store. Content-addressed, so that writing twice is harmless."""

import os
import uuid
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings


class BlobMissing(LookupError):
    """The database says the blob is kept, the store does not have it: restore it from a backup."""


class Store(Protocol):
    """Bytes by name."""

    def put(self, name: str, data: bytes) -> None:
        """Write; an existing object of that name stays as it is."""
        ...

    def replace(self, name: str, data: bytes) -> None:
        """Write in place of the object of that name: the same content, sealed with another key."""
        ...

    def get(self, name: str) -> bytes:
        """Read. Raises BlobMissing."""
        ...


def blob_name(organization_id: uuid.UUID, digest: bytes) -> str:
    """The object's name: organization, two digits to spread folders, digest."""
    text = digest.hex()
    return f"{organization_id}/{text[:2]}/{text}"


class FolderStore:
    """On the local disk; each object appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, data: bytes) -> None:
        """See Store."""
        if not (self.folder / name).exists():
            self.replace(name, data)

    def replace(self, name: str, data: bytes) -> None:
        """See Store."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    def get(self, name: str) -> bytes:
        """See Store."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError as error:
            raise BlobMissing(name) from error


def open_store() -> Store:
    """The store named by BLOB_STORE_URL."""
    return _open(settings.CONFIGURATION.blob_store_url)


@lru_cache(maxsize=4)
def _open(url: str) -> Store:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderStore(Path(unquote(parts.path)))
    from compliance.vault.s3store import S3Store  # noqa: PLC0415  boto3 costs 30 MB and is loaded only where S3 is used

    return S3Store(bucket=parts.netloc, prefix=parts.path.strip("/"))
