"""The log: positions without a gap, each leaf as its hash in the tree says, the tree as every signed checkpoint says, tiles as the tree
says, checkpoints signed by the key of their time.

The leaves' rows and the tiles keep the same hashes twice, and checkpoints sign their roots. Two trees are grown, one from the leaves and
one from the tiles; at each checkpoint the one that leads to the signed root is right, and every difference before it is laid to the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.operate.verify_store.findings import RESTORE, Finding, Looked
from compliance.operate.verify_store.reading import rows
from compliance.seal.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from compliance.seal.leaf import Leaf, LeafError
from compliance.seal.merkle import HASH_SIZE, RightEdge, leaf_hash, tree_root
from compliance.seal.note import NoteError, Verifier
from compliance.seal.tiles import TILE_WIDTH, tile_widths
from compliance.vault.selectors.log import KeyInTime, log_keys

PAGE = 16 * TILE_WIDTH
MOST = 2000
LEAVES = """
SELECT position, kind, ref, at, content_hash FROM vault_leaf
WHERE organization_id = %(organization)s AND position >= %(start)s AND position < %(end)s ORDER BY position
"""
TILES = """
SELECT number, hashes FROM vault_tile
WHERE organization_id = %(organization)s AND level = %(level)s AND number >= %(start)s AND number < %(end)s
"""
CHECKPOINTS = """
SELECT size, root, note FROM vault_checkpoint
WHERE organization_id = %(organization)s AND size > %(start)s AND size <= %(end)s ORDER BY size
"""
SIZE = "SELECT coalesce(max(size), 0) FROM vault_checkpoint WHERE organization_id = %(organization)s"
BEYOND = f"""
SELECT position FROM vault_leaf WHERE organization_id = %(organization)s AND (position < 0 OR position >= ({SIZE}))
ORDER BY position LIMIT 20
"""
SOURCES = """
SELECT id, content_hash FROM evidence_record WHERE organization_id = %(organization)s AND id = ANY(%(refs)s::uuid[])
UNION ALL
SELECT ref, content_hash FROM vault_statement WHERE organization_id = %(organization)s AND ref = ANY(%(refs)s::uuid[])
"""
ALL_TILES = """
SELECT level, number, octet_length(hashes) / 32 FROM vault_tile WHERE organization_id = %(organization)s AND (level, number) > (%(level)s, %(number)s)
ORDER BY level, number LIMIT 5000
"""
REBUILD = "The leaves lead to what was signed, so nothing is lost; restore this row from a backup, or compute it again from the leaves."


@dataclass(slots=True)
class Trees:
    """How far both trees have grown, and what differed between them since the last checkpoint that was right."""

    by_leaves: RightEdge
    by_tiles: RightEdge
    differing: dict[int, list[str]]  # position -> [hash of the leaf's row, hash in the tile]
    lost: bool = False  # an earlier checkpoint could not be reached: later ones say nothing new

    @classmethod
    def resumed(cls, place: Mapping[str, Any]) -> "Trees":
        """From what was kept of a verification that was stopped."""
        kept = place.get("trees")
        if kept is None:
            return cls(RightEdge(), RightEdge(), {})
        size, leaves, tiles = kept["size"], map(bytes.fromhex, kept["leaves"]), map(bytes.fromhex, kept["tiles"])
        differing = {int(position): pair for position, pair in kept["differing"].items()}
        return cls(RightEdge(size, leaves), RightEdge(size, tiles), differing, kept["lost"])

    def as_json(self) -> dict[str, Any]:
        """To be kept."""
        return {
            "size": self.by_leaves.size,
            "leaves": [each.hex() for each in self.by_leaves.complete],
            "tiles": [each.hex() for each in self.by_tiles.complete],
            "differing": {str(position): pair for position, pair in self.differing.items()},
            "lost": self.lost,
        }


def log(place: dict[str, Any]) -> Iterator[Looked]:
    """Leaves, lowest tiles and checkpoints of the organization in scope, up to the checkpoint that is the latest now."""
    trees = Trees.resumed(place)
    keys = log_keys()
    end = rows(SIZE)[0][0]
    start = trees.by_leaves.size
    while start < end:
        stop = min(end, start - start % PAGE + PAGE)
        findings = list(_grown(trees, start, stop, keys))
        yield Looked({"trees": trees.as_json()}, stop - start, findings)
        start = stop
    yield Looked({"trees": trees.as_json()}, 0, list(_beyond(end)))


def _beyond(end: int) -> Iterator[Finding]:
    for (position,) in rows(BEYOND):
        yield Finding(
            "extra", f"leaf {position}", f"The latest checkpoint says {end:,} leaves: this one is under none.",
            "A row was slipped in, or the last checkpoint was removed. Compare with a checkpoint that somebody kept; then restore from a backup.",
        )  # fmt: skip


def _grown(trees: Trees, start: int, stop: int, keys: Sequence[KeyInTime]) -> Iterator[Finding]:
    leaves = {row[0]: row for row in rows(LEAVES, start=start, end=stop)}
    tiles = {number: bytes(hashes) for number, hashes in rows(TILES, level=0, start=start // TILE_WIDTH, end=-(-stop // TILE_WIDTH))}
    checkpoints = {row[0]: row for row in rows(CHECKPOINTS, start=start, end=stop)}
    yield from _without_source(leaves)
    for position in range(start, stop):
        found, kept = _hash_of(leaves.get(position)), _hash_in(tiles, position)
        if found is None:
            yield Finding("missing", f"leaf {position}", "There is no row at this position of the log.", RESTORE)
        elif kept is not None and found != kept and len(trees.differing) < MOST:
            trees.differing[position] = [found.hex(), kept.hex()]
        blank = bytes(HASH_SIZE)
        trees.by_leaves.append(found or kept or blank)
        trees.by_tiles.append(kept or found or blank)
        if position + 1 in checkpoints:
            yield from _at_checkpoint(trees, checkpoints[position + 1], keys)


def _hash_of(row: tuple | None) -> bytes | None:
    if row is None:
        return None
    _position, kind, ref, at, content_hash = row
    try:
        return leaf_hash(Leaf(kind=kind, id=str(ref), time=at, hash=bytes(content_hash)).encode())
    except LeafError:
        return leaf_hash(b"not a leaf")


def _hash_in(tiles: Mapping[int, bytes], position: int) -> bytes | None:
    number, place = divmod(position, TILE_WIDTH)
    kept = tiles.get(number, b"")[place * HASH_SIZE : (place + 1) * HASH_SIZE]
    return kept if len(kept) == HASH_SIZE else None


def _without_source(leaves: Mapping[int, tuple]) -> Iterator[Finding]:
    """Leaves whose record or statement is gone. Deletion by the rules leaves the row, without its payload."""
    known = {(ref, bytes(content)) for ref, content in rows(SOURCES, refs=[row[2] for row in leaves.values()])}
    for position, kind, ref, _at, content in leaves.values():
        if (ref, bytes(content)) not in known:
            table = "evidence_record" if kind == "evidence.record" else "vault_statement"
            detail = f"Leaf {position} says that it was there with hash {bytes(content).hex()}; no such row is."
            yield Finding("missing", f"row {table} of {kind} {ref}", detail, RESTORE)


def _at_checkpoint(trees: Trees, row: tuple, keys: Sequence[KeyInTime]) -> Iterator[Finding]:
    size, root, note = row[0], bytes(row[1]), row[2]
    signed, trouble = _signed(note, size, keys)
    if trouble:
        detail = f"{trouble}. "
        yield Finding("altered", f"row vault_checkpoint of size {size}", detail.strip(), RESTORE)
    elif signed is not None and (signed.size, signed.root) != (size, root):
        detail = f"Its columns say {size:,} leaves and root {root.hex()}, its signed note says {signed.size:,} and {signed.root.hex()}."
        yield Finding("altered", f"row vault_checkpoint of size {size}", detail, RESTORE)
    right = signed.root if signed is not None and signed.size == size else root
    leaves_lead, tiles_lead = trees.by_leaves.root() == right, trees.by_tiles.root() == right
    if not leaves_lead and not tiles_lead:
        if not trees.lost and (signed is not None or trees.differing):
            yield from _neither(trees, size)
            trees.lost = True
        return
    trees.lost = False
    if tiles_lead and not leaves_lead:
        yield from blamed_leaves(trees.differing)
        trees.by_leaves = RightEdge(trees.by_tiles.size, trees.by_tiles.complete)
    elif trees.differing:
        yield from _blamed_tiles(trees.differing)
        trees.by_tiles = RightEdge(trees.by_leaves.size, trees.by_leaves.complete)
    trees.differing = {}


def _signed(note: str, size: int, keys: Sequence[KeyInTime]) -> tuple[Checkpoint | None, str]:
    """(what the note says, "") where the key of its time signed it, else (None, what is wrong)."""
    of_its_time = next((key for key in keys if key.from_size < size and (key.until_size is None or size <= key.until_size)), None)
    if of_its_time is None:
        return None, "No key of this log was in use at that size"
    try:
        verifier = Verifier.from_vkey(of_its_time.verifier)
        return open_checkpoint(note.encode(), [verifier], verifier.name), ""
    except (NoteError, CheckpointError) as error:
        return None, f"The note does not verify under the key of its time: {error}"


def _neither(trees: Trees, size: int) -> Iterator[Finding]:
    positions = sorted(trees.differing)
    if positions:
        where = f"leaves or tiles at positions {_listed(positions)}"
        detail = f"Rows and tiles differ there, and neither leads to the root signed at size {size}."
    else:
        where = f"the log before size {size}"
        detail = "Leaves and tiles agree with each other, but not with the root that was signed: both were rewritten, or a key signed another tree."
    yield Finding("altered", where, detail, RESTORE)


def _listed(positions: Sequence[int]) -> str:
    return ", ".join(map(str, positions[:20])) + (f" and {len(positions) - 20:,} more" if len(positions) > 20 else "")


def blamed_leaves(differing: Mapping[int, Sequence[str]]) -> Iterator[Finding]:
    """The rows of leaves at fault, said as what was done: swapped, slipped in or taken out with the rest moved, altered."""
    left = dict(differing)
    yield from _swapped(left)
    yield from _moved(left)
    for position in sorted(left):
        yield Finding("altered", f"leaf {position}", "Its kind, id, time or hash is not what was signed.", RESTORE)


def _swapped(left: dict[int, Sequence[str]]) -> Iterator[Finding]:
    by_kept = {kept: position for position, (_found, kept) in left.items()}
    for position in sorted(left):
        if position not in left or not left[position][0]:
            continue
        other = by_kept.get(left[position][0])
        if other is not None and other in left and other != position and left[other][0] == left[position][1]:
            yield Finding("altered", f"leaves {position} and {other}", "They stand in each other's place.", RESTORE)
            del left[position], left[other]


def _moved(left: dict[int, Sequence[str]]) -> Iterator[Finding]:
    """A run of rows that all stand one place too late, or too early."""
    for step, what, said in ((1, "extra", "A row was slipped in here"), (-1, "missing", "A row was taken out here")):
        run: list[int] = []
        for position in [*sorted(left), -1]:
            if run and position == run[-1] + 1:
                run.append(position)
                continue
            yield from _run_moved(left, run, step, what, said)
            run = [position]


def _run_moved(left: dict[int, Sequence[str]], run: list[int], step: int, what: Any, said: str) -> Iterator[Finding]:
    pairs = list(zip(run, run[1:], strict=False))
    if len(run) < 3:
        return
    places = pairs if step == 1 else [(later, earlier) for earlier, later in pairs]
    moved = all(left[now][0] == left[before][1] for before, now in places)
    if moved:
        yield Finding(what, f"leaf {run[0]}", f"{said}; the rows up to position {run[-1]} were moved by one.", RESTORE)
        for position in run:
            del left[position]


def _blamed_tiles(differing: Mapping[int, Sequence[str]]) -> Iterator[Finding]:
    by_tile: dict[int, list[int]] = {}
    for position in sorted(differing):
        by_tile.setdefault(position // TILE_WIDTH, []).append(position)
    for number, positions in by_tile.items():
        detail = f"Its hashes of leaves {_listed(positions)} are not those of the leaves, which lead to the signed root."
        yield Finding("altered", f"row vault_tile, level 0, number {number}", detail, REBUILD)


def tiles(place: dict[str, Any]) -> Iterator[Looked]:
    """Tiles above the lowest hold the roots of those below; none is missing, none is extra."""
    size = rows(SIZE)[0][0]
    widths = tile_widths(size)
    after = (place.get("level", -1), place.get("number", -1))
    seen = {at for at in widths if at <= after}
    while page := rows(ALL_TILES, level=after[0], number=after[1]):
        findings: list[Finding] = []
        for level, number, width in page:
            seen.add((level, number))
            findings += _tile(level, number, width, widths.get((level, number), 0))
        after = page[-1][:2]
        yield Looked({"level": after[0], "number": after[1]}, len(page), findings)
    for level, number in sorted(set(widths) - seen):
        yield Looked({}, 0, [Finding("missing", f"row vault_tile, level {level}, number {number}", "There is no such row.", REBUILD)])


def _tile(level: int, number: int, width: int, expected: int) -> Iterator[Finding]:
    where = f"row vault_tile, level {level}, number {number}"
    if not expected:
        if rows(SIZE)[0][0] >> (8 * level) <= number * TILE_WIDTH:  # the log may have grown meanwhile
            yield Finding("extra", where, "A log of this size has no such tile.", REBUILD)
    elif width < expected:
        yield Finding("missing", where, f"It holds {width} hashes instead of {expected}.", REBUILD)
    elif level:
        below = {
            n: bytes(hashes) for n, hashes in rows(TILES, level=level - 1, start=number * TILE_WIDTH, end=number * TILE_WIDTH + expected)
        }
        own = bytes(rows(TILES, level=level, start=number, end=number + 1)[0][1])
        wrong = [
            place
            for place in range(expected)
            if own[place * HASH_SIZE : (place + 1) * HASH_SIZE] != _root_of(below.get(number * TILE_WIDTH + place, b""))
        ]
        if wrong:
            yield Finding("altered", where, f"Its hashes {_listed(wrong)} are not the roots of the tiles below.", REBUILD)


def _root_of(hashes: bytes) -> bytes:
    return tree_root([hashes[start : start + HASH_SIZE] for start in range(0, len(hashes), HASH_SIZE)])
