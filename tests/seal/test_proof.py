"""A `.tlog-proof` file stands alone: leaf, proof, checkpoint and a key known beforehand."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.seal.checkpoint import Checkpoint, CheckpointError, sign_checkpoint
from compliance.seal.leaf import Leaf, payload_hash
from compliance.seal.merkle import ProofError, inclusion_proof, leaf_hash, tree_root
from compliance.seal.note import NoteError, Signer
from compliance.seal.proof import MAX_PROOF_BYTES, LogProof, parse_proof, verify_proof

ORIGIN = "fernhill.example/log"
FERNHILL = Signer(ORIGIN, bytes(range(32)))
WITNESS = Signer("witness.example", bytes(range(32, 64)))
LEAVES = [
    Leaf("evidence.record", str(number), datetime(2026, 3, 31, tzinfo=UTC), payload_hash(bytes(16), b"%d" % number)).encode()
    for number in range(300)
]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]


def proof_of(index: int, size: int, extra: bytes | None = None) -> bytes:
    checkpoint = sign_checkpoint(Checkpoint(ORIGIN, size, tree_root(HASHES[:size])), FERNHILL, WITNESS)
    return LogProof(index, tuple(inclusion_proof(HASHES[:size], index)), checkpoint, extra).encode()


PROOF = proof_of(5, 8)
HEAD, CHECKPOINT = PROOF.split(b"\n\n", 1)


def test_a_proof_has_header_index_hashes_an_empty_line_and_the_checkpoint_verbatim() -> None:
    lines = PROOF.decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 5"]
    assert [len(line) for line in lines[2:5]] == [44, 44, 44]
    assert lines[5:8] == ["", ORIGIN, "8"]
    assert sign_checkpoint(Checkpoint(ORIGIN, 8, tree_root(HASHES[:8])), FERNHILL, WITNESS) == CHECKPOINT


def test_extra_data_stands_on_the_second_line_and_reads_back() -> None:
    proof = proof_of(5, 8, extra=b"salt")
    assert proof.decode().split("\n")[1] == "extra c2FsdA=="
    assert parse_proof(proof).extra == b"salt"
    assert parse_proof(PROOF).extra is None
    assert parse_proof(proof_of(5, 8, extra=b"")).extra == b""


@settings(deadline=None)
@given(st.integers(1, 300).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))), st.none() | st.binary(max_size=40))
def test_every_proof_reads_back_and_verifies(place: tuple[int, int], extra: bytes | None) -> None:
    index, size = place
    proof = proof_of(index, size, extra)
    assert parse_proof(proof).encode() == proof
    checkpoint = verify_proof(proof, LEAVES[index], [FERNHILL.verifier], ORIGIN)
    assert (checkpoint.size, checkpoint.root) == (size, tree_root(HASHES[:size]))


@settings(deadline=None)
@given(st.integers(0, PROOF.index(b"\xe2\x80\x94 witness") - 1), st.integers(0, 7))
def test_a_proof_with_any_flipped_bit_fails(place: int, bit: int) -> None:
    damaged = bytearray(PROOF)
    damaged[place] ^= 1 << bit
    with pytest.raises((ProofError, NoteError, CheckpointError)):
        verify_proof(bytes(damaged), LEAVES[5], [FERNHILL.verifier], ORIGIN)


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_are_refused_as_a_proof_and_nothing_else_happens(data: bytes) -> None:
    for attempt in (data, HEAD + b"\n" + data, HEAD + b"\n\n" + data):
        with pytest.raises((ProofError, NoteError, CheckpointError)):
            verify_proof(attempt, LEAVES[5], [FERNHILL.verifier], ORIGIN)


def test_another_leaf_another_key_and_another_log_fail() -> None:
    with pytest.raises(ProofError, match="does not lead from leaf 5"):
        verify_proof(PROOF, LEAVES[4], [FERNHILL.verifier], ORIGIN)
    with pytest.raises(NoteError, match="no signature on the note"):
        verify_proof(PROOF, LEAVES[5], [Signer.generate(ORIGIN).verifier], ORIGIN)
    with pytest.raises(CheckpointError, match="not of 'brackwater.example/log'"):
        verify_proof(PROOF, LEAVES[5], [FERNHILL.verifier], "brackwater.example/log")


def test_an_index_beyond_the_checkpoint_fails() -> None:
    with pytest.raises(ProofError, match="there is no leaf 8 in a tree of 8 leaves"):
        verify_proof(PROOF.replace(b"index 5", b"index 8"), LEAVES[5], [FERNHILL.verifier], ORIGIN)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        HEAD,
        CHECKPOINT,
        PROOF.replace(b"@v1", b"@v2"),
        PROOF.replace(b"index 5", b"index 05"),
        PROOF.replace(b"index 5", b"index -1"),
        PROOF.replace(b"index 5", b"index"),
        PROOF.replace(b"index 5\n", b""),
        PROOF.replace(b"index 5", b"extra \nindex 5\nindex 5"),
        PROOF.replace(b"index 5", b"index 5\nextra c2FsdA=="),
        PROOF.replace(b"index 5", b"extra c2FsdA\nindex 5"),
        PROOF.replace(b"index 5", b"index 5\nAAAA"),
        PROOF.replace(b"index 5", b"index 5\r"),
        PROOF.replace(b"index 5", "index ٥".encode()),
        PROOF.replace(b"index 5", b"index 5" + b"\n" + b"\n".join([b"A" * 43 + b"="] * 61)),
        PROOF.replace(b"index 5", b"index " + b"9" * 19),
        b"x" * (MAX_PROOF_BYTES + 1),
    ],
)
def test_malformed_proofs_are_refused(damaged: bytes) -> None:
    with pytest.raises(ProofError):
        parse_proof(damaged)
