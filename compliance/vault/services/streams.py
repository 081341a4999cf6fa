"""Keeping large bytes without ever holding them in memory."""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from compliance.tenancy import scope
from compliance.vault.encryption import key_id, newest_head, newest_secret, sealed_anew
from compliance.vault.store import READ, blob_name, open_store
from compliance.vault.streaming import STREAM_MAGIC, open_stream, pack, seal_stream


class TooLarge(ValueError):
    """More bytes than allowed came; nothing was kept."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What was stored: hexadecimal SHA-256 of the plain bytes, and how many there are."""

    digest: str
    size: int


def store_file(file: BinaryIO, *, limit: int) -> StoredFile:
    """Put all that `file` still gives into the store of the organization in scope, encrypted piece by piece, in constant memory.

    No database is touched; say within the action that it is kept: `_keep_blobs({stored.digest: stored.size}, media_type)`. Bytes that
    are kept already are not written twice. Raises TooLarge at the first byte over `limit`. Nothing is left behind where reading fails.
    """
    organization_id = scope.organization_id()
    store = open_store()
    draft = store.draft()
    counted = _Counted(file, limit)
    try:
        with draft.open("xb") as sealed:
            for piece in seal_stream(organization_id, "blob", newest_secret(), pack(counted.pieces())):
                sealed.write(piece)
        store.put_file(blob_name(organization_id, counted.sha.digest()), draft)
    finally:
        draft.unlink(missing_ok=True)
    return StoredFile(counted.sha.hexdigest(), counted.size)


def seal_blob_anew(organization_id: uuid.UUID, digest: bytes) -> bool:
    """Seal what is stored under that digest with the newest key, in the format it has, in constant memory where that is in pieces.
    Whether there was something to do. Raises BlobMissing, CannotDecrypt."""
    store, name = open_store(), blob_name(organization_id, digest)
    head = store.head(name, len(newest_head()))
    if head in (newest_head(), STREAM_MAGIC + key_id(newest_secret())):
        return False
    if not head.startswith(STREAM_MAGIC):
        store.replace(name, sealed_anew(organization_id, "blob", store.get(name)))
        return True
    draft = store.draft()
    try:
        with draft.open("xb") as sealed:
            plain = open_stream(organization_id, "blob", store.read(name))
            for piece in seal_stream(organization_id, "blob", newest_secret(), plain):
                sealed.write(piece)
        store.replace_file(name, draft)
    finally:
        draft.unlink(missing_ok=True)
    return True


class _Counted:
    """What is read of a file, hashed and counted on the way."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self.file, self.limit = file, limit
        self.sha, self.size = hashlib.sha256(), 0

    def pieces(self) -> Iterator[bytes]:
        """All of it. Raises TooLarge."""
        while piece := self.file.read(READ):
            self.size += len(piece)
            if self.size > self.limit:
                raise TooLarge(f"The file has more than {self.limit:,} bytes; nothing of it was kept.")
            self.sha.update(piece)
            yield piece
