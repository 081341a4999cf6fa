"""Keeping raw bytes."""

import zlib
from collections.abc import Mapping, Sequence

from compliance.seal.digest import sha256
from compliance.tenancy import scope
from compliance.tenancy.uuid7 import uuid7
from compliance.vault.encryption import encrypt
from compliance.vault.models import Blob
from compliance.vault.store import blob_name, open_store


def store_bytes(pages: Mapping[str, bytes]) -> dict[str, int]:
    """Put pages (by hex digest) into the store, encrypted; no database is touched, so that no transaction waits for a disk.
    Returns the size of each. What a later transaction does not mention is an orphan, harmless, and removed by maintenance."""
    organization_id = scope.organization_id()
    store = open_store()
    for hex_digest, data in pages.items():
        store.put(blob_name(organization_id, bytes.fromhex(hex_digest)), encrypt(organization_id, "blob", zlib.compress(data, 1)))
    return {hex_digest: len(data) for hex_digest, data in pages.items()}


def _keep_blobs(sizes: Mapping[str, int], media_type: str, redactions: Mapping[str, Sequence[str]] | None = None) -> None:
    """Inner step of an action: say that these stored bytes are kept. `redactions` says in words, by digest, what was taken out of
    them before they were hashed."""
    removed = redactions or {}
    Blob.objects.bulk_create(
        [
            Blob(id=uuid7(), digest=bytes.fromhex(digest), size=size, media_type=media_type, redactions=list(removed.get(digest, ())))
            for digest, size in sizes.items()
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )


def digest_of(data: bytes) -> str:
    """The address of bytes, in hex."""
    return sha256(data).hex()
