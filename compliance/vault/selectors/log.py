"""Reading the log: its size, tiles, latest checkpoint and proofs."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from compliance.seal.leaf import Leaf as LeafText
from compliance.seal.proof import LogProof
from compliance.seal.tiles import inclusion_from_tiles
from compliance.tenancy import scope
from compliance.tenancy.together import Question, ask
from compliance.vault.models import Checkpoint, Cosignature, Leaf, LogKey, Tile


@dataclass(frozen=True, slots=True)
class LogState:
    """What the rail shows: entries sealed and when."""

    size: int
    signed_at: datetime


def log_size() -> int:
    """Number of leaves appended."""
    last = Leaf.objects.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def read_tile(level: int, n: int) -> bytes:
    """The hashes of a tile, empty when there is none yet."""
    hashes = Tile.objects.filter(level=level, number=n).values_list("hashes", flat=True).first()
    return b"" if hashes is None else bytes(hashes)


def latest_sealed() -> Question:
    """The question for the latest checkpoint as a LogState: one row, or none before the first."""
    sql = "SELECT size, signed_at FROM vault_checkpoint WHERE organization_id = %s ORDER BY size DESC LIMIT 1"
    return Question(sql, (scope.organization_id(),), (int, datetime.fromisoformat), lambda row: LogState(*row))


def log_state() -> LogState | None:
    """The latest checkpoint, or None before the first."""
    return next(iter(ask(latest_sealed())[0]), None)


def log_verifier() -> str:
    """The public key in use, which verifies the latest checkpoint (C2SP vkey); empty before the first."""
    return LogKey.objects.order_by("-from_size", "-id").values_list("verifier", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class KeyInTime:
    """A public key of the log (C2SP vkey) and the checkpoints it signed: of more than `from_size` leaves, up to `until_size` (None: it
    still signs)."""

    verifier: str
    from_size: int
    until_size: int | None
    created_at: datetime


def log_keys() -> list[KeyInTime]:
    """Every key this log has had, the one in use first."""
    keys = list(LogKey.objects.order_by("-from_size", "-id").values_list("verifier", "from_size", "created_at"))
    ends = [None, *(from_size for _verifier, from_size, _created in keys)]
    return [KeyInTime(verifier, from_size, until, created) for (verifier, from_size, created), until in zip(keys, ends, strict=False)]


def checkpoints(limit: int = 20) -> list[Checkpoint]:
    """The latest checkpoints, newest first."""
    return list(Checkpoint.objects.order_by("-size")[:limit])


def position_of(ref: uuid.UUID) -> int | None:
    """Where in the log something stands, None while it is pending."""
    return Leaf.objects.filter(ref=ref).values_list("position", flat=True).first()


def whole_note(checkpoint: Checkpoint) -> str:
    """The checkpoint's signed note with the lines of the witnesses that cosigned it."""
    lines = Cosignature.objects.filter(size=checkpoint.size).order_by("witness").values_list("line", flat=True)
    return checkpoint.note + "".join(f"{line}\n" for line in lines)


def proof_of(ref: uuid.UUID, content_hash: bytes | None = None) -> tuple[bytes, LogProof] | None:
    """The encoded leaf and its proof up to the latest checkpoint, or None while it is not sealed. Where several leaves speak of one
    thing, `content_hash` says which; the first without it."""
    leaves = Leaf.objects.filter(ref=ref) if content_hash is None else Leaf.objects.filter(ref=ref, content_hash=content_hash)
    leaf = leaves.order_by("position").first()
    checkpoint = Checkpoint.objects.order_by("-size").first()
    if leaf is None or checkpoint is None or leaf.position >= checkpoint.size:
        return None
    encoded = LeafText(kind=leaf.kind, id=str(leaf.ref), time=leaf.at, hash=bytes(leaf.content_hash)).encode()
    hashes = inclusion_from_tiles(leaf.position, checkpoint.size, read_tile)
    return encoded, LogProof(index=leaf.position, hashes=tuple(hashes), checkpoint=whole_note(checkpoint).encode())


def organizations_with_pending_leaves() -> list[uuid.UUID]:
    """Asked without a scope by the tick: whose log has something to append."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organization_id FROM plumbline_organizations_with_pending_leaves()")
        return [row[0] for row in cursor.fetchall()]
