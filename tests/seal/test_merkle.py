"""The Merkle tree against the published tree of eight leaves and against RFC 6962's own recursive definitions."""

import json
from pathlib import Path

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
    node_hash,
    root_from_inclusion,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from tests.seal import reference

VECTORS = json.loads((Path(__file__).parent / "vectors" / "merkle.json").read_text("utf-8"))
EIGHT = [leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(root) for root in VECTORS["roots"]]

HASH = leaf_hash(b"another")


def contents(size: int) -> list[bytes]:
    return [b"leaf %d" % i for i in range(size)]


def hashes(size: int) -> list[bytes]:
    return [leaf_hash(content) for content in contents(size)]


def flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8 % len(value)] ^= 1 << bit % 8
    return bytes(changed)


@st.composite
def sized_index(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(st.integers(1, 300))
    return size, draw(st.integers(0, size - 1))


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_published_tree(size: int) -> None:
    assert tree_root(EIGHT[:size]) == ROOTS[size]


def test_the_inclusion_proof_of_the_published_tree() -> None:
    case = VECTORS["inclusion"]
    proof = inclusion_proof(EIGHT, case["index"])
    assert [node.hex()[:8] for node in proof] == case["hashes_begin"]
    verify_inclusion(EIGHT[0], 0, 8, proof, ROOTS[8])


def test_the_consistency_proof_of_the_published_tree() -> None:
    case = VECTORS["consistency"]
    proof = consistency_proof(EIGHT, case["old_size"])
    assert [node.hex()[:8] for node in proof] == case["hashes_begin"]
    verify_consistency(6, 8, ROOTS[6], ROOTS[8], proof)


def test_leaves_and_nodes_are_hashed_apart() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert node_hash(left, right) != leaf_hash(left + right)
    assert tree_root([]) == EMPTY_ROOT


@pytest.mark.parametrize("size", [*range(1, 40), 63, 64, 65, 127, 128, 129])
def test_every_root_and_proof_equals_the_recursive_definition_and_verifies(size: int) -> None:
    data, leaves = contents(size), hashes(size)
    root = tree_root(leaves)
    assert root == reference.mth(data)
    for index in range(size):
        proof = inclusion_proof(leaves, index)
        assert proof == reference.path(index, data)
        verify_inclusion(leaves[index], index, size, proof, root)
    for old_size in range(1, size + 1):
        proof = consistency_proof(leaves, old_size)
        assert proof == reference.consistency(old_size, data)
        verify_consistency(old_size, size, tree_root(leaves[:old_size]), root, proof)


@settings(deadline=None)
@given(st.integers(0, 600))
def test_appending_one_by_one_gives_the_root_of_the_whole(size: int) -> None:
    edge = RightEdge()
    assert [edge.append(leaf) for leaf in hashes(size)] == list(range(size))
    assert (edge.size, edge.root()) == (size, tree_root(hashes(size)))


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(0, 300))
def test_a_stored_edge_goes_on_where_it_stopped(before: int, after: int) -> None:
    leaves = hashes(before + after)
    first = RightEdge()
    for leaf in leaves[:before]:
        first.append(leaf)
    second = RightEdge(first.size, first.complete)
    for leaf in leaves[before:]:
        second.append(leaf)
    assert second.root() == tree_root(leaves)


def test_an_edge_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ProofError, match="a tree of 5 leaves has 2 hashes on its right edge, not 1"):
        RightEdge(5, [HASH])


@settings(deadline=None)
@given(sized_index(), st.integers(0, 10_000), st.data())
def test_an_inclusion_proof_with_any_flipped_bit_fails(case: tuple[int, int], bit: int, data: st.DataObject) -> None:
    size, index = case
    leaves = hashes(size)
    proof, root = inclusion_proof(leaves, index), tree_root(leaves)
    place = data.draw(st.integers(-2, len(proof) - 1))
    with pytest.raises(ProofError, match="does not lead from leaf"):
        if place == -2:
            verify_inclusion(flipped(leaves[index], bit), index, size, proof, root)
        elif place == -1:
            verify_inclusion(leaves[index], index, size, proof, flipped(root, bit))
        else:
            proof[place] = flipped(proof[place], bit)
            verify_inclusion(leaves[index], index, size, proof, root)


@settings(deadline=None)
@given(sized_index(), st.integers(0, 10_000), st.data())
def test_a_consistency_proof_with_any_flipped_bit_fails(case: tuple[int, int], bit: int, data: st.DataObject) -> None:
    size, old = case[0], case[1] + 1
    leaves = hashes(size)
    proof, old_root, root = consistency_proof(leaves, old), tree_root(leaves[:old]), tree_root(leaves)
    place = data.draw(st.integers(-2, len(proof) - 1))
    if place == -2:
        old_root = flipped(old_root, bit)
    elif place == -1:
        root = flipped(root, bit)
    else:
        proof[place] = flipped(proof[place], bit)
    with pytest.raises(ProofError):
        verify_consistency(old, size, old_root, root, proof)


@settings(deadline=None)
@given(sized_index(), st.integers(0, 299))
def test_a_proof_for_one_position_proves_no_other(case: tuple[int, int], other: int) -> None:
    size, index = case
    other %= size
    leaves = hashes(size)
    if other != index:
        with pytest.raises(ProofError):
            verify_inclusion(leaves[index], other, size, inclusion_proof(leaves, index), tree_root(leaves))


@settings(deadline=None)
@given(sized_index())
def test_proofs_with_a_hash_too_many_too_few_or_out_of_order_fail(case: tuple[int, int]) -> None:
    size, index = case
    leaves = hashes(size)
    root, old_root = tree_root(leaves), tree_root(leaves[: index + 1])
    inclusion, consistency = inclusion_proof(leaves, index), consistency_proof(leaves, index + 1)
    for wrong in variations(inclusion):
        with pytest.raises(ProofError):
            verify_inclusion(leaves[index], index, size, wrong, root)
    for wrong in variations(consistency):
        with pytest.raises(ProofError):
            verify_consistency(index + 1, size, old_root, root, wrong)


def variations(proof: list[bytes]) -> list[list[bytes]]:
    """The proof lengthened, shortened and turned round at either end, as a forger or a bad copy would."""
    longer = [[*proof, HASH], [HASH, *proof], [*proof, *proof[-1:], HASH]]
    shorter = [proof[1:], proof[:-1], []] if proof else []
    turned = [proof[::-1]] if len(proof) > 1 else []
    return longer + shorter + turned


@pytest.mark.parametrize("size", [1, 6, 8])
def test_a_consistency_check_from_nothing_is_refused_because_it_proves_nothing(size: int) -> None:
    for proof in ([], [HASH]):
        with pytest.raises(ProofError, match="cannot usefully be compared with one of 0"):
            verify_consistency(0, size, EMPTY_ROOT, ROOTS[size], proof)
    with pytest.raises(ProofError, match="cannot usefully be compared"):
        consistency_proof(EIGHT[:size], 0)


def test_a_shrunken_or_rewritten_log_is_noticed() -> None:
    with pytest.raises(ProofError, match="cannot usefully be compared"):
        verify_consistency(8, 6, ROOTS[8], ROOTS[6], [])
    with pytest.raises(ProofError, match="the log has been rewritten"):
        verify_consistency(8, 8, ROOTS[8], HASH, [])
    with pytest.raises(ProofError, match="between trees of the same size holds no hashes"):
        verify_consistency(8, 8, ROOTS[8], ROOTS[8], [HASH])
    rewritten = [HASH, *EIGHT[1:]]
    with pytest.raises(ProofError, match="the older tree of 6 leaves"):
        verify_consistency(6, 8, ROOTS[6], tree_root(rewritten), consistency_proof(rewritten, 6))


def test_roots_that_were_raised_by_a_further_level_are_refused() -> None:
    proof = [*consistency_proof(EIGHT, 6), HASH]
    with pytest.raises(ProofError, match="the consistency proof holds too many hashes"):
        verify_consistency(6, 8, node_hash(HASH, ROOTS[6]), node_hash(HASH, ROOTS[8]), proof)
    with pytest.raises(ProofError, match="the inclusion proof holds too many hashes"):
        verify_inclusion(EIGHT[7], 7, 8, [*inclusion_proof(EIGHT, 7), HASH], node_hash(HASH, ROOTS[8]))


@pytest.mark.parametrize("wrong", [b"", HASH[:-1], HASH + b"\0", HASH + HASH])
def test_hashes_that_are_not_32_bytes_are_refused(wrong: bytes) -> None:
    inclusion, consistency = inclusion_proof(EIGHT, 3), consistency_proof(EIGHT, 6)
    with pytest.raises(ProofError, match="32 are needed"):
        verify_inclusion(wrong, 3, 8, inclusion, ROOTS[8])
    with pytest.raises(ProofError, match="32 are needed"):
        verify_inclusion(EIGHT[3], 3, 8, [wrong, *inclusion[1:]], ROOTS[8])
    with pytest.raises(ProofError, match="32 are needed"):
        verify_inclusion(EIGHT[3], 3, 8, inclusion, wrong)
    with pytest.raises(ProofError, match="32 are needed"):
        verify_consistency(6, 8, ROOTS[6], ROOTS[8], [wrong, *consistency[1:]])
    with pytest.raises(ProofError, match="32 are needed"):
        verify_consistency(4, 8, wrong, ROOTS[8], consistency_proof(EIGHT, 4))
    with pytest.raises(ProofError, match="32 are needed"):
        RightEdge().append(wrong)
    with pytest.raises(ProofError, match="32 are needed"):
        tree_root([HASH, wrong])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 8), (8, 8), (9, 8), (0, -1), (0, 2**63)])
def test_positions_outside_the_tree_are_refused(index: int, size: int) -> None:
    with pytest.raises(ProofError):
        root_from_inclusion(HASH, index, size, [])


@pytest.mark.parametrize("index", [0, 1, 2**40, 2**62 - 1, 2**63 - 2])
def test_verification_of_a_huge_tree_costs_only_its_height(index: int) -> None:
    with pytest.raises(ProofError, match="too few"):
        root_from_inclusion(HASH, index, 2**63 - 1, [HASH])
    with pytest.raises(ProofError, match="too many"):
        root_from_inclusion(HASH, index, 2**63 - 1, [HASH] * 64)


def test_a_tree_of_one_leaf_has_an_empty_proof() -> None:
    assert inclusion_proof([HASH], 0) == []
    verify_inclusion(HASH, 0, 1, [], HASH)
