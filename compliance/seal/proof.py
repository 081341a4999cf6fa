"""C2SP tlog-proof: one text file that proves, offline, that a leaf is in a log (https://c2sp.org/tlog-proof, `.tlog-proof`)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from compliance.seal import base64_text
from compliance.seal.checkpoint import Checkpoint, open_checkpoint
from compliance.seal.merkle import HASH_SIZE, MAX_SIZE, ProofError, leaf_hash, verify_inclusion
from compliance.seal.note import MAX_NOTE_BYTES, Verifier

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63
"""Hashes in the longest inclusion proof: one per level of a tree of at most 2^63 - 1 leaves."""

MAX_PROOF_BYTES = MAX_NOTE_BYTES + 100_000

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class LogProof:
    """Position of a leaf, its inclusion proof, and the signed checkpoint (verbatim) that it leads to.

    `extra` is carried along but authenticated by nothing. Raises ProofError on construction if the parts cannot make a proof.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index < MAX_SIZE:
            raise ProofError(f"a log has no leaf {self.index}")
        if len(self.hashes) > MAX_HASHES:
            raise ProofError(f"the proof holds {len(self.hashes)} hashes, more than any tree is high")
        if any(len(node) != HASH_SIZE for node in self.hashes):
            raise ProofError(f"a hash of the proof has not {HASH_SIZE} bytes")

    def encode(self) -> bytes:
        """The proof as the text of a `.tlog-proof` file."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {base64_text.encode(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [base64_text.encode(node) for node in self.hashes]
        return ("\n".join(lines) + "\n\n").encode("ascii") + self.checkpoint


def parse_proof(data: bytes) -> LogProof:
    """Read the text of a `.tlog-proof` file; nothing of it is verified. Raises ProofError if it is malformed."""
    if len(data) > MAX_PROOF_BYTES:
        raise ProofError(f"the proof has {len(data):,} bytes, more than the {MAX_PROOF_BYTES:,} that are read")
    head, blank, checkpoint = data.partition(b"\n\n")
    if not blank:
        raise ProofError("the proof has no empty line before its checkpoint")
    if not head.isascii():
        raise ProofError("the proof has foreign characters before its checkpoint")
    lines = head.decode("ascii").split("\n")
    if lines.pop(0) != HEADER:
        raise ProofError(f"the proof does not begin with the line {HEADER}")
    extra = _decoded(lines.pop(0).removeprefix("extra "), "extra data") if lines and lines[0].startswith("extra ") else None
    index = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if not index:
        raise ProofError('the proof has no line "index" with a decimal number')
    if len(lines) > MAX_HASHES:
        raise ProofError(f"the proof holds {len(lines)} hashes, more than any tree is high")
    return LogProof(int(index[1]), tuple(_decoded(line, "hash") for line in lines), checkpoint, extra)


def verify_proof(data: bytes, leaf: bytes, verifiers: Iterable[Verifier], origin: str) -> Checkpoint:
    """Verify a `.tlog-proof` file for the leaf bytes `leaf` in the log `origin`; the checkpoint that proves it.

    `verifiers` are the keys trusted for that log; they must come by another channel than the proof.
    Raises ProofError if the leaf is not where the proof says, NoteError or CheckpointError if the checkpoint does not hold.
    """
    proof = parse_proof(data)
    checkpoint = open_checkpoint(proof.checkpoint, verifiers, origin)
    verify_inclusion(leaf_hash(leaf), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return checkpoint


def _decoded(text: str, what: str) -> bytes:
    try:
        return base64_text.decode(text)
    except ValueError as error:
        raise ProofError(f"a line of the proof ({what}) is {error}") from error
