"""Appending to the organization's log, and signing its state."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from compliance.seal.checkpoint import Checkpoint as CheckpointText
from compliance.seal.checkpoint import sign_checkpoint
from compliance.seal.leaf import Leaf as LeafText
from compliance.seal.merkle import leaf_hash
from compliance.seal.note import Signer
from compliance.seal.tiles import Tile as TileHashes
from compliance.seal.tiles import append_batch
from compliance.tenancy import scope
from compliance.tenancy.staging import stage
from compliance.tenancy.uuid7 import uuid7
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.encryption import decrypt, encrypt
from compliance.vault.models import Checkpoint, LogKey, PendingLeaf
from compliance.vault.selectors.log import log_size, read_tile

BATCH = 100_000

APPEND = """
INSERT INTO vault_leaf (id, organization_id, position, kind, ref, at, content_hash)
SELECT uuidv7(), %s, s.position, p.kind, p.ref, p.at, p.content_hash
FROM staged_leaf s JOIN vault_pendingleaf p ON p.id = s.id
"""
REMOVE = "DELETE FROM vault_pendingleaf p USING staged_leaf s WHERE p.id = s.id"
PUT_TILES = """
INSERT INTO vault_tile (id, organization_id, level, number, hashes) SELECT uuidv7(), %s, level, number, hashes FROM staged_tile
ON CONFLICT (organization_id, level, number) DO UPDATE SET hashes = excluded.hashes
"""


def seal_pending(*, now: datetime, limit: int = BATCH) -> int:
    """Append up to `limit` pending leaves of the organization in scope and sign a checkpoint. Returns how many were appended.
    One appender per organization at a time (advisory lock); nothing pending writes nothing."""
    if not PendingLeaf.objects.exists():
        return 0
    with action(ActionName.LOG_SEALED, actor=SYSTEM):
        _lock()
        pending = list(PendingLeaf.objects.order_by("id").values_list("id", "kind", "ref", "at", "content_hash")[:limit])
        if not pending:
            return 0
        size = log_size()
        hashes = [
            leaf_hash(LeafText(kind=kind, id=str(ref), time=at, hash=bytes(content)).encode()) for _id, kind, ref, at, content in pending
        ]
        appended = append_batch(size, hashes, read_tile)
        _write(pending, size, appended.tiles)
        signer = _signer(now)
        note = sign_checkpoint(CheckpointText(origin=signer.name, size=appended.size, root=appended.root), signer)
        Checkpoint.objects.create(size=appended.size, root=appended.root, note=note.decode(), signed_at=now)
    return len(pending)


def _write(pending: Sequence[tuple], size: int, tiles: Sequence[TileHashes]) -> None:
    organization_id = scope.organization_id()
    stage("staged_leaf", "id uuid, position bigint", ((row[0], size + number) for number, row in enumerate(pending)))
    stage("staged_tile", "level smallint, number bigint, hashes bytea", ((tile.level, tile.n, tile.hashes) for tile in tiles))
    with connection.cursor() as cursor:
        cursor.execute(APPEND, [organization_id])
        cursor.execute(REMOVE)
        cursor.execute(PUT_TILES, [organization_id])


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('plumbline log ' || %s, 0))", [str(scope.organization_id())])


def _signer(now: datetime) -> Signer:
    organization_id = scope.organization_id()
    key = LogKey.objects.first()
    if key is not None:
        return Signer.from_skey(decrypt(organization_id, "log key", bytes(key.ciphertext)).decode())
    signer = Signer.generate(f"plumbline.log/{organization_id}")
    LogKey.objects.create(
        name=signer.name,
        verifier=signer.verifier.vkey,
        ciphertext=encrypt(organization_id, "log key", signer.skey.encode()),
        created_at=now,
    )
    return signer


def _pend(kind: str, rows: Sequence[tuple]) -> None:
    """Inner step of an action: leaves for (ref, at, content_hash) wait to be appended."""
    PendingLeaf.objects.bulk_create(
        [PendingLeaf(id=uuid7(), kind=kind, ref=ref, at=at, content_hash=content) for ref, at, content in rows], batch_size=2000
    )
