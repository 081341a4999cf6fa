"""Tiles hold the same tree: batches, proofs and roots from tiles equal those of the plain list of leaves."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.seal.merkle import (
    EMPTY_ROOT,
    ProofError,
    RightEdge,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from compliance.seal.tiles import (
    Appended,
    append_batch,
    consistency_from_tiles,
    edge_tiles,
    inclusion_from_tiles,
    root_from_tiles,
    tile_path,
    tile_width,
    tile_widths,
)

LEAVES = [leaf_hash(b"leaf %d" % i) for i in range(70_000)]


class Shelf:
    """A store of tiles that remembers which were read."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.size = 0
        self.read: list[tuple[int, int]] = []

    def tile(self, level: int, n: int) -> bytes:
        self.read.append((level, n))
        return self.tiles[level, n]

    def append(self, leaves: list[bytes]) -> Appended:
        appended = append_batch(self.size, leaves, self.tile)
        self.size = appended.size
        self.tiles.update({(tile.level, tile.n): tile.hashes for tile in appended.tiles})
        return appended


def shelf_of(size: int) -> Shelf:
    shelf = Shelf()
    shelf.append(LEAVES[:size])
    shelf.read.clear()
    return shelf


SEVENTY = shelf_of(70_000)


def test_a_tree_of_seventy_thousand_has_the_tiles_that_the_specification_counts() -> None:
    widths = tile_widths(70_000)
    assert [(key, width) for key, width in widths.items() if width != 256] == [((0, 273), 112), ((1, 1), 17), ((2, 0), 1)]
    assert len(widths) == 273 + 1 + 1 + 1 + 1
    assert {key: len(hashes) // 32 for key, hashes in SEVENTY.tiles.items()} == widths
    assert edge_tiles(70_000) == [(0, 273), (1, 1), (2, 0)]


def test_a_tree_of_256_has_a_full_tile_and_one_of_width_one_above_it() -> None:
    assert tile_widths(256) == {(0, 0): 256, (1, 0): 1}
    assert shelf_of(256).tiles[1, 0] == tree_root(LEAVES[:256])
    assert tile_widths(0) == {} and edge_tiles(0) == [] and tile_width(0, 0, 0) == 0


def test_paths_are_those_of_the_specification() -> None:
    assert tile_path(0, 1234067, 256) == "tile/0/x001/x234/067"
    assert tile_path(2, 0, 1) == "tile/2/000.p/1"
    assert shelf_of(3).append(LEAVES[3:5]).tiles[0].path == "tile/0/000.p/5"


@settings(deadline=None)
@given(st.lists(st.one_of(st.integers(0, 3), st.integers(0, 700)), max_size=8))
def test_any_way_of_batching_gives_the_same_tiles_and_the_root_of_the_plain_tree(batches: list[int]) -> None:
    shelf = Shelf()
    for count in batches:
        appended = shelf.append(LEAVES[shelf.size : shelf.size + count])
        assert appended.root == tree_root(LEAVES[: appended.size])
    assert shelf.tiles == shelf_of(sum(batches)).tiles
    assert {key: len(hashes) // 32 for key, hashes in shelf.tiles.items()} == tile_widths(shelf.size)


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 65_792, 66_000])
def test_batches_across_the_third_level_give_the_same_as_one_by_one(size: int) -> None:
    edge = RightEdge()
    for leaf in LEAVES[:size]:
        edge.append(leaf)
    shelf = shelf_of(65_000)
    assert shelf.append(LEAVES[65_000:size]).root == edge.root() == root_from_tiles(size, shelf.tile)
    assert shelf.tiles == shelf_of(size).tiles


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_536, 65_537, 70_000])
def test_appending_reads_the_partial_tiles_of_the_right_edge_and_nothing_else(size: int) -> None:
    shelf = shelf_of(size)
    shelf.append(LEAVES[:1])
    assert shelf.read == edge_tiles(size)


def test_a_batch_returns_only_the_tiles_that_it_changed() -> None:
    shelf = shelf_of(1000)
    changed = [(tile.level, tile.n, tile.width) for tile in shelf.append(LEAVES[1000:1010]).tiles]
    assert changed == [(0, 3, 242)]
    changed = [(tile.level, tile.n, tile.width) for tile in shelf.append(LEAVES[1010:1030]).tiles]
    assert changed == [(0, 3, 256), (0, 4, 6), (1, 0, 4)]


def test_tiles_that_have_grown_since_the_asked_size_are_read_only_as_far_as_it_goes() -> None:
    assert append_batch(1000, LEAVES[1000:1400], SEVENTY.tile) == shelf_of(1000).append(LEAVES[1000:1400])


def test_an_empty_batch_changes_nothing_and_still_gives_the_root() -> None:
    shelf = shelf_of(1000)
    assert shelf.append([]) == Appended(size=1000, root=tree_root(LEAVES[:1000]), tiles=())
    assert append_batch(0, [], shelf.tile) == Appended(size=0, root=EMPTY_ROOT, tiles=())


@st.composite
def two_sizes(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(st.one_of(st.integers(1, 1100), st.integers(65_000, 70_000)))
    return draw(st.integers(1, size)), size


@settings(deadline=None)
@given(two_sizes())
def test_proofs_from_tiles_verify_for_any_size_the_tree_has_had(sizes: tuple[int, int]) -> None:
    old, size = sizes
    root = root_from_tiles(size, SEVENTY.tile)
    verify_inclusion(LEAVES[old - 1], old - 1, size, inclusion_from_tiles(old - 1, size, SEVENTY.tile), root)
    verify_consistency(old, size, root_from_tiles(old, SEVENTY.tile), root, consistency_from_tiles(old, size, SEVENTY.tile))


@settings(deadline=None)
@given(st.integers(1, 800).flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size))))
def test_proofs_from_tiles_equal_those_from_the_plain_list(sizes: tuple[int, int]) -> None:
    old, size = sizes
    leaves = LEAVES[:size]
    assert root_from_tiles(size, SEVENTY.tile) == tree_root(leaves)
    assert inclusion_from_tiles(old - 1, size, SEVENTY.tile) == inclusion_proof(leaves, old - 1)
    assert consistency_from_tiles(old, size, SEVENTY.tile) == consistency_proof(leaves, old)


def test_one_proof_reads_few_tiles_and_each_once() -> None:
    shelf = shelf_of(70_000)
    inclusion_from_tiles(40_000, 70_000, shelf.tile)
    assert len(shelf.read) == len(set(shelf.read)) <= 5


@pytest.mark.parametrize("hashes", [b"", LEAVES[0] * 99, LEAVES[0] * 100 + b"x"])
def test_a_tile_that_lost_or_gained_bytes_is_noticed(hashes: bytes) -> None:
    for use in (lambda tile: append_batch(100, LEAVES[:1], tile), lambda tile: root_from_tiles(100, tile)):
        with pytest.raises(ProofError, match=r"tile tile/0/000.p/100 should hold 100 hashes of 32 bytes, but has \d+ bytes"):
            use(lambda level, n: hashes)


def test_leaves_that_are_not_32_bytes_and_positions_outside_are_refused() -> None:
    with pytest.raises(ProofError, match="a leaf hash has not 32 bytes"):
        append_batch(0, [LEAVES[0], b"short"], SEVENTY.tile)
    with pytest.raises(ProofError, match="cannot grow from -1"):
        append_batch(-1, LEAVES[:1], SEVENTY.tile)
    with pytest.raises(ProofError, match="no leaf 70000"):
        inclusion_from_tiles(70_000, 70_000, SEVENTY.tile)
    with pytest.raises(ProofError, match="cannot usefully be compared"):
        consistency_from_tiles(0, 70_000, SEVENTY.tile)


def test_a_hundred_thousand_appends_in_batches_of_a_thousand_take_well_under_a_second() -> None:
    leaves = (LEAVES + LEAVES)[:100_000]
    shelf = Shelf()
    started = time.process_time()
    for start in range(0, len(leaves), 1000):
        shelf.append(leaves[start : start + 1000])
    assert time.process_time() - started < 1
