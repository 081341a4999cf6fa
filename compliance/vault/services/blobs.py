"""Keeping raw bytes."""

import json
import zlib
from collections.abc import Mapping, Sequence

from django.db import connection

from compliance.seal.canonical import canonical_bytes
from compliance.seal.digest import sha256
from compliance.tenancy import scope
from compliance.tenancy.uuid7 import uuid7
from compliance.vault.encryption import encrypt
from compliance.vault.services.statements import TOLD
from compliance.vault.store import blob_name, open_store

AT_ONCE = 2000
KEEP = f"""
WITH given AS (
  SELECT * FROM unnest(%(ids)s::uuid[], %(digests)s::text[], %(sizes)s::bigint[], %(redactions)s::text[], %(payloads)s::text[])
    AS g (id, digest, size, redactions, payload)
), kept AS (
  INSERT INTO vault_blob (id, organization_id, digest, size, media_type, redactions, received_at)
  SELECT id, %(organization)s, decode(digest, 'hex'), size, %(media_type)s, redactions::jsonb, now() FROM given
  ON CONFLICT (organization_id, digest) DO NOTHING
  RETURNING id, received_at
), said AS (
  SELECT 'blob' AS kind, k.id AS ref, k.received_at AS at, g.payload FROM kept k JOIN given g ON g.id = k.id
), {TOLD}
SELECT 1
"""


def store_bytes(pages: Mapping[str, bytes]) -> dict[str, int]:
    """Put pages (by hex digest) into the store, encrypted; no database is touched, so that no transaction waits for a disk.
    Returns the size of each. What a later transaction does not mention is an orphan, harmless, and removed by maintenance."""
    organization_id = scope.organization_id()
    store = open_store()
    for hex_digest, data in pages.items():
        store.put(blob_name(organization_id, bytes.fromhex(hex_digest)), encrypt(organization_id, "blob", zlib.compress(data, 1)))
    return {hex_digest: len(data) for hex_digest, data in pages.items()}


def _keep_blobs(sizes: Mapping[str, int], media_type: str, redactions: Mapping[str, Sequence[str]] | None = None) -> None:
    """Inner step of an action: say that these stored bytes are kept, and state it for the log. What was kept before stays as it was.
    `redactions` says in words, by digest, what was taken out of them before they were hashed."""
    removed = redactions or {}
    kept = [(uuid7(), digest, size, list(removed.get(digest, ()))) for digest, size in sizes.items()]
    with connection.cursor() as cursor:
        for start in range(0, len(kept), AT_ONCE):
            some = kept[start : start + AT_ONCE]
            parameters = {
                "organization": scope.organization_id(),
                "media_type": media_type,
                "ids": [row[0] for row in some],
                "digests": [row[1] for row in some],
                "sizes": [row[2] for row in some],
                "redactions": [json.dumps(row[3]) for row in some],
                "payloads": [_payload(row[1], row[2], media_type, row[3]) for row in some],
            }
            cursor.execute(KEEP, parameters)


def _payload(digest: str, size: int, media_type: str, redactions: list[str]) -> str:
    """What the log says of a blob."""
    return canonical_bytes({"digest": digest, "media_type": media_type, "redactions": redactions, "size": size}).decode()


def digest_of(data: bytes) -> str:
    """The address of bytes, in hex."""
    return sha256(data).hex()
