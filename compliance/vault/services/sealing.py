"""Appending to the organization's log, and signing its state."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from compliance.tenancy.staging import stage, stage_lines
from compliance.tenancy.uuid7 import uuid7_texts
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.encryption import decrypt, encrypt
from compliance.vault.models import Checkpoint, LogKey
from compliance.vault.selectors.log import log_size, read_tile

BATCH = 100_000
REF = 16
PACKED = 48  # bytes of a leaf in a pack: ref, content hash

WAITING = """
WITH waiting AS (
  SELECT id, kind, at, uuid_send(ref) || content_hash AS leaves, 'vault_pendingleaf' AS place FROM vault_pendingleaf
  WHERE organization_id = %(organization)s
  UNION ALL
  SELECT id, kind, at, leaves, 'vault_pendingpack' FROM vault_pendingpack WHERE organization_id = %(organization)s
), counted AS (
  SELECT *, octet_length(leaves) / 48 AS number, sum(octet_length(leaves) / 48) OVER (ORDER BY id) AS reached FROM waiting
)
SELECT id, kind, at, leaves, place FROM counted WHERE reached <= %(limit)s OR reached = number ORDER BY id
"""
ANYTHING = """
SELECT EXISTS (SELECT FROM vault_pendingleaf WHERE organization_id = %(organization)s)
  OR EXISTS (SELECT FROM vault_pendingpack WHERE organization_id = %(organization)s)
"""
STAGED_LEAF = "id uuid, position bigint, kind text, ref uuid, at timestamptz, content_hash bytea"
APPEND = """
INSERT INTO vault_leaf (id, organization_id, position, kind, ref, at, content_hash)
SELECT id, %s, position, kind, ref, at, content_hash FROM staged_leaf
"""
REMOVE = 'DELETE FROM "{place}" WHERE organization_id = %s AND id = ANY(%s::uuid[])'
PUT_TILES = """
INSERT INTO vault_tile (id, organization_id, level, number, hashes) SELECT uuidv7(), %s, level, number, hashes FROM staged_tile
ON CONFLICT (organization_id, level, number) DO UPDATE SET hashes = excluded.hashes
"""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One row of those that wait: a single leaf, or a pack of up to a thousand. `leaves` holds 48 bytes a leaf."""

    id: uuid.UUID
    kind: str
    at: datetime
    leaves: bytes
    place: str

    def each(self) -> Iterator[tuple[str, bytes]]:
        """(ref as text, content hash) of each leaf."""
        for start in range(0, len(self.leaves), PACKED):
            ref = self.leaves[start : start + REF].hex()
            yield f"{ref[:8]}-{ref[8:12]}-{ref[12:16]}-{ref[16:20]}-{ref[20:]}", self.leaves[start + REF : start + PACKED]


def seal_pending(*, now: datetime, limit: int = BATCH) -> int:
    """Append up to `limit` pending leaves of the organization in scope and sign a checkpoint. Returns how many were appended.
    One appender per organization at a time (advisory lock); nothing pending writes nothing. Packs are appended whole: one that alone
    is longer than `limit` is appended all the same."""
    if not anything_pending():
        return 0
    with action(ActionName.LOG_SEALED, actor=SYSTEM):
        return _seal(now, limit)


def _seal(now: datetime, limit: int = BATCH) -> int:
    """Inner step of an action: see `seal_pending`."""
    _lock()
    waiting = _waiting(limit)
    if not waiting:
        return 0
    size = log_size()
    leaves = [(row.kind, row.at, *leaf) for row in waiting for leaf in row.each()]
    hashes = _hashes_of(leaves)
    appended = append_batch(size, hashes, read_tile)
    _write(leaves, size, appended.tiles)
    _remove(waiting)
    signer = _signer(now)
    note = sign_checkpoint(CheckpointText(origin=signer.name, size=appended.size, root=appended.root), signer)
    Checkpoint.objects.create(size=appended.size, root=appended.root, note=note.decode(), signed_at=now)
    return len(leaves)


def _hashes_of(leaves: Sequence[tuple[str, datetime, str, bytes]]) -> list[bytes]:
    """Leaf hashes. Leaves of one kind and instant differ in two places only, so that the first of them is written as a leaf is and
    the others by filling these places: writing each took longer than hashing, tiles and signature together."""
    forms: dict[tuple[str, datetime], tuple[bytes, bytes, bytes]] = {}
    hashes = []
    for kind, at, ref, content in leaves:
        form = forms.get((kind, at))
        if form is None:
            form = forms[kind, at] = _form(LeafText(kind=kind, id=ref, time=at, hash=content))
        before, between, after = form
        hashes.append(leaf_hash(b"".join((before, content.hex().encode(), between, ref.encode(), after))))
    return hashes


def _form(leaf: LeafText) -> tuple[bytes, bytes, bytes]:
    """What stands before, between and after a leaf's hash and id."""
    before, rest = leaf.encode().split(leaf.hash.hex().encode(), 1)
    between, after = rest.split(leaf.id.encode(), 1)
    return before, between, after


def anything_pending() -> bool:
    """Whether a leaf of the organization in scope waits, alone or in a pack."""
    with connection.cursor() as cursor:
        cursor.execute(ANYTHING, {"organization": scope.organization_id()})
        return cursor.fetchone()[0]


def _waiting(limit: int) -> list[_Waiting]:
    """The rows that wait longest, in order of their keys, as far as `limit` leaves reach; at least one, when there is one."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"organization": scope.organization_id(), "limit": limit})
        return [_Waiting(key, kind, at, bytes(leaves), place) for key, kind, at, leaves, place in cursor.fetchall()]


def _write(leaves: Sequence[tuple[str, datetime, str, bytes]], size: int, tiles: Sequence[TileHashes]) -> None:
    organization_id = scope.organization_id()
    keys, instants = uuid7_texts(len(leaves)), _Instants()
    lines = (
        f"{key}\t{position}\t{kind}\t{ref}\t{instants[at]}\t\\\\x{content.hex()}\n"  # kinds are words and dots, which LeafText demands
        for position, (key, (kind, at, ref, content)) in enumerate(zip(keys, leaves, strict=True), start=size)
    )
    stage_lines("staged_leaf", STAGED_LEAF, lines, joined="position")
    stage("staged_tile", "level smallint, number bigint, hashes bytea", ((tile.level, tile.n, tile.hashes) for tile in tiles))
    with connection.cursor() as cursor:
        cursor.execute(APPEND, [organization_id])
        cursor.execute(PUT_TILES, [organization_id])


class _Instants(dict[datetime, str]):
    """Instants as the database reads them, each written once: a hundred thousand leaves share a few."""

    def __missing__(self, at: datetime) -> str:
        text = self[at] = at.isoformat()
        return text


def _remove(waiting: Sequence[_Waiting]) -> None:
    with connection.cursor() as cursor:
        for place in sorted({row.place for row in waiting}):
            cursor.execute(REMOVE.format(place=place), [scope.organization_id(), [str(row.id) for row in waiting if row.place == place]])


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('plumbline log ' || %s, 0))", [str(scope.organization_id())])


def _signer(now: datetime) -> Signer:
    organization_id = scope.organization_id()
    key = LogKey.objects.order_by("-from_size", "-id").first()
    if key is not None:
        return Signer.from_skey(decrypt(organization_id, "log key", bytes(key.ciphertext)).decode())
    signer = Signer.generate(f"plumbline.log/{organization_id}")
    _keep_key(signer, from_size=0, now=now)
    return signer


def _keep_key(signer: Signer, *, from_size: int, now: datetime) -> LogKey:
    """Inner step of an action: from now on this key signs, every checkpoint of more than `from_size` leaves."""
    return LogKey.objects.create(
        name=signer.name,
        verifier=signer.verifier.vkey,
        ciphertext=encrypt(scope.organization_id(), "log key", signer.skey.encode()),
        from_size=from_size,
        created_at=now,
    )
