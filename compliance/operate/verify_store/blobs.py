"""Bytes: each kept blob is read from the store, decrypted and hashed; its row says what the log says."""

import uuid
import zlib
from collections.abc import Iterator
from typing import Any

import orjson

from compliance.operate.verify_store.findings import RESTORE, RESTORE_BYTES, Finding, Looked
from compliance.operate.verify_store.reading import rows
from compliance.seal.canonical import canonical_bytes
from compliance.tenancy import scope
from compliance.vault.encryption import CannotDecrypt
from compliance.vault.selectors.blobs import BlobAltered, stored_bytes
from compliance.vault.store import BlobMissing, blob_name, open_store

PAGE = 50
FIRST = "00000000-0000-0000-0000-000000000000"
BLOBS = """
SELECT b.id, b.digest, b.size, b.media_type, b.redactions::text, s.payload FROM vault_blob b
LEFT JOIN LATERAL (SELECT payload FROM vault_statement s WHERE s.organization_id = b.organization_id AND s.ref = b.id AND s.kind = 'blob'
  ORDER BY s.id LIMIT 1) s ON true
WHERE b.organization_id = %(organization)s AND b.id > %(after)s::uuid ORDER BY b.id LIMIT %(page)s
"""
EVERY = "SELECT digest FROM vault_blob WHERE organization_id = %(organization)s AND digest = ANY(%(digests)s::bytea[])"


def kept_bytes(place: dict[str, Any]) -> Iterator[Looked]:
    """Every blob of the organization in scope."""
    after = place.get("after", FIRST)
    while page := rows(BLOBS, after=after, page=PAGE):
        for pk, digest, size, media_type, redactions, said in page:
            yield Looked({"after": str(pk)}, 1, list(_blob(pk, bytes(digest), size, media_type, redactions, said)))
        after = str(page[-1][0])


def _blob(pk: uuid.UUID, digest: bytes, size: int, media_type: str, redactions: str, said: str | None) -> Iterator[Finding]:
    name = blob_name(scope.organization_id(), digest)
    row = {"digest": digest.hex(), "media_type": media_type, "redactions": orjson.loads(redactions), "size": size}
    if said is not None and canonical_bytes(row).decode() != said:
        yield Finding("altered", f"row vault_blob {pk}", f"It says {canonical_bytes(row).decode()}, the log says {said}.", RESTORE)
    try:
        read = sum(len(piece) for piece in stored_bytes(scope.organization_id(), digest))
    except BlobMissing:
        yield Finding("missing", f"object {name}", "The row says that these bytes are kept; the store has none.", RESTORE_BYTES)
    except (CannotDecrypt, BlobAltered, zlib.error) as error:
        yield Finding("altered", f"object {name}", f"{error}.", RESTORE_BYTES)
    else:
        if read != size:
            yield Finding("altered", f"row vault_blob {pk}", f"It says {size:,} bytes, there are {read:,}.", RESTORE)


def unknown_objects(place: dict[str, Any]) -> Iterator[Looked]:
    """Objects in the store that no row knows. Those are what a write left that was broken off, or was slipped in."""
    prefix = f"{scope.organization_id()}/"
    batch: list[str] = []
    after = place.get("after", "")
    for name in open_store().names(prefix):
        if name <= after:
            continue
        batch.append(name)
        if len(batch) == 1000:
            yield _unknown(batch)
            batch = []
    if batch:
        yield _unknown(batch)


def _unknown(names: list[str]) -> Looked:
    addresses = {name.rpartition("/")[2]: name for name in names}
    wanted = [bytes.fromhex(address) for address in addresses if _is_address(address)]
    known = {bytes(row[0]).hex() for row in rows(EVERY, digests=wanted)}
    findings = [
        Finding(
            "extra", f"object {name}", "No row knows it.",
            "Nothing relies on it. Where a collection or an upload was broken off just then it is harmless and can be removed.",
        )
        for address, name in sorted(addresses.items()) if address not in known
    ]  # fmt: skip
    return Looked({"after": names[-1]}, len(names), findings)


def _is_address(text: str) -> bool:
    return len(text) == 64 and all(character in "0123456789abcdef" for character in text)
