"""A Merkle tree kept as tiles of 256 hashes, numbered as C2SP tlog-tiles does: a few kilobytes are read or written per proof or batch.

Tile `n` of level 0 holds the hashes of leaves 256n to 256n + 255. A tile of level 1 and above holds the roots of 256 *full* tiles of
the level below. The hashes in between are recomputed inside a tile. A tile is the plain concatenation of its 32-byte hashes; only the
last tile of a level may be partial, and an empty one does not exist.

This module does no input or output: reading is a function `(level, n) -> bytes` that the caller gives. It may return a tile wider than
the tree of the asked size has (one that has grown meanwhile): only the beginning is used, and that never changes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from compliance.seal.merkle import (
    EMPTY_ROOT,
    HASH_SIZE,
    MAX_SIZE,
    ProofError,
    complete_ranges,
    consistency_ranges,
    fold_left,
    inclusion_ranges,
)

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

TileReader = Callable[[int, int], bytes]
"""`(level, n)` to the tile's hashes, concatenated."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: `hashes` is 1 to 256 hashes of 32 bytes, concatenated."""

    level: int
    n: int
    hashes: bytes

    @property
    def width(self) -> int:
        """Number of hashes, 1 to 256; a tile of fewer than 256 is partial."""
        return len(self.hashes) // HASH_SIZE

    @property
    def path(self) -> str:
        """Where C2SP tlog-tiles serves it, such as `tile/0/x001/234` or, partial, `tile/0/x001/234.p/7`."""
        return tile_path(self.level, self.n, self.width)


@dataclass(frozen=True, slots=True)
class Appended:
    """What a batch made of a tree: its new `size` and `root`, and every tile that is new or has grown, lowest level first."""

    size: int
    root: bytes
    tiles: tuple[Tile, ...]


# --- which tiles there are -------------------------------------------------------------------------------------------------------


def tile_width(level: int, n: int, size: int) -> int:
    """How many hashes tile (`level`, `n`) of a tree of `size` leaves has: 0 if there is no such tile, 256 if it is full."""
    return max(0, min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - n * TILE_WIDTH))


def tile_widths(size: int) -> dict[tuple[int, int], int]:
    """Every tile `(level, n)` of a tree of `size` leaves with its width: what a complete store must hold."""
    widths: dict[tuple[int, int], int] = {}
    level, entries = 0, size
    while entries:
        for n in range((entries + TILE_WIDTH - 1) // TILE_WIDTH):
            widths[level, n] = tile_width(level, n, size)
        level, entries = level + 1, entries >> TILE_HEIGHT
    return widths


def edge_tiles(size: int) -> list[tuple[int, int]]:
    """The partial tiles `(level, n)` of a tree of `size` leaves, lowest level first: all that `append_batch` reads."""
    edge = []
    level = 0
    while size:
        if size % TILE_WIDTH:
            edge.append((level, size // TILE_WIDTH))
        level, size = level + 1, size >> TILE_HEIGHT
    return edge


def tile_path(level: int, n: int, width: int) -> str:
    """The path of a tile in C2SP tlog-tiles: index in groups of three digits, all but the last marked with x."""
    groups = [f"{n % 1000:03d}"]
    while n := n // 1000:
        groups.append(f"x{n % 1000:03d}")
    suffix = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{suffix}"


# --- appending -------------------------------------------------------------------------------------------------------------------


def append_batch(size: int, leaf_hashes: Sequence[bytes], read_tile: TileReader) -> Appended:
    """Append leaf hashes to a tree of `size` leaves; nothing is stored, the caller writes the returned tiles.

    Reads at most one partial tile per level. Raises ProofError for a hash that is not 32 bytes, or a tile shorter than `size` demands.
    """
    new_size = size + len(leaf_hashes)
    if not 0 <= size <= new_size <= MAX_SIZE:
        raise ProofError(f"a tree cannot grow from {size} leaves by {len(leaf_hashes)}")
    if any(len(leaf) != HASH_SIZE for leaf in leaf_hashes):
        raise ProofError(f"a leaf hash has not {HASH_SIZE} bytes")
    changed: list[Tile] = []
    edges: list[bytes] = []
    fresh, level = b"".join(leaf_hashes), 0
    while size >> (TILE_HEIGHT * level) or fresh:
        entries = size >> (TILE_HEIGHT * level)
        tail = _read(read_tile, level, entries // TILE_WIDTH, entries % TILE_WIDTH)
        tiles = _cut(level, entries // TILE_WIDTH, tail + fresh)
        full = [tile for tile in tiles if tile.width == TILE_WIDTH]
        edges.append(tiles[-1].hashes if len(full) < len(tiles) else b"")
        changed += tiles if fresh else []
        fresh, level = b"".join(_subtree_root(tile.hashes) for tile in full), level + 1
    return Appended(size=new_size, root=_root_of_edges(edges), tiles=tuple(changed))


def _cut(level: int, first: int, hashes: bytes) -> list[Tile]:
    step = TILE_WIDTH * HASH_SIZE
    return [Tile(level, first + i, hashes[i * step : (i + 1) * step]) for i in range((len(hashes) + step - 1) // step)]


def _root_of_edges(edges: list[bytes]) -> bytes:
    """Root from the partial tiles of each level, lowest first: cut into complete subtrees they are exactly the tree's right edge."""
    complete: list[bytes] = []
    for hashes in reversed(edges):
        ranges = complete_ranges(0, len(hashes) // HASH_SIZE)
        complete += [_subtree_root(hashes[start * HASH_SIZE : end * HASH_SIZE]) for start, end in ranges]
    return fold_left(complete)


def _subtree_root(hashes: bytes) -> bytes:
    """Root over a power of two of concatenated hashes."""
    while len(hashes) > HASH_SIZE:
        hashes = b"".join([sha256(b"\x01" + hashes[i : i + 64]).digest() for i in range(0, len(hashes), 64)])
    return hashes


# --- reading ---------------------------------------------------------------------------------------------------------------------


def root_from_tiles(size: int, read_tile: TileReader) -> bytes:
    """Root of the tree of `size` leaves. Raises ProofError if a tile is shorter than `size` demands."""
    return _TiledTree(size, read_tile).range_hash(0, size) if size else EMPTY_ROOT


def inclusion_from_tiles(index: int, size: int, read_tile: TileReader) -> list[bytes]:
    """The inclusion proof of leaf `index` in the tree of `size` leaves. Raises ProofError if there is no such leaf or a tile is short."""
    tree = _TiledTree(size, read_tile)
    return [tree.range_hash(start, end) for start, end in inclusion_ranges(index, size)]


def consistency_from_tiles(old_size: int, size: int, read_tile: TileReader) -> list[bytes]:
    """The proof that the tree of `size` leaves extends the one of `old_size`. Raises ProofError for a useless one or a short tile."""
    tree = _TiledTree(size, read_tile)
    return [tree.range_hash(start, end) for start, end in consistency_ranges(old_size, size)]


class _TiledTree:
    """One look at a tree of a fixed size; each tile is read once."""

    def __init__(self, size: int, read_tile: TileReader) -> None:
        self._size = size
        self._read_tile = read_tile
        self._seen: dict[tuple[int, int], bytes] = {}

    def range_hash(self, start: int, end: int) -> bytes:
        return fold_left([self._complete(first, last - first) for first, last in complete_ranges(start, end)])

    def _complete(self, start: int, length: int) -> bytes:
        """Root of the complete subtree over `length` leaves (a power of two) from `start`: a run of hashes inside one tile."""
        level, inside = divmod(length.bit_length() - 1, TILE_HEIGHT)
        n, offset = divmod(start >> (TILE_HEIGHT * level), TILE_WIDTH)
        run = self._tile(level, n)[offset * HASH_SIZE : (offset + (1 << inside)) * HASH_SIZE]
        return _subtree_root(run)

    def _tile(self, level: int, n: int) -> bytes:
        if (level, n) not in self._seen:
            self._seen[level, n] = _read(self._read_tile, level, n, tile_width(level, n, self._size))
        return self._seen[level, n]


def _read(read_tile: TileReader, level: int, n: int, width: int) -> bytes:
    if not width:
        return b""
    hashes = bytes(read_tile(level, n))
    if len(hashes) < width * HASH_SIZE or len(hashes) % HASH_SIZE:
        raise ProofError(f"tile {tile_path(level, n, width)} should hold {width} hashes of {HASH_SIZE} bytes, but has {len(hashes)} bytes")
    return hashes[: width * HASH_SIZE]
