"""C2SP tlog-checkpoint: the signed statement of a log "so many leaves, this root" (https://c2sp.org/tlog-checkpoint)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from compliance.seal import base64_text
from compliance.seal.merkle import EMPTY_ROOT, HASH_SIZE, MAX_SIZE
from compliance.seal.note import NoteError, Signer, Verifier, check_text, open_note, sign_note

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


class CheckpointError(ValueError):
    """The text is not a checkpoint, or not one of the log that was expected; the message says why."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State of a log: `origin` (a name without scheme, unique to the log, by custom also the key's name), `size` in leaves, `root`.

    Extension lines are read and kept, because other logs use them; ours writes none, as the specification recommends.
    Raises CheckpointError on construction if the parts cannot make a checkpoint.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_SIZE:
            raise CheckpointError(f"a log cannot have {self.size} leaves")
        if len(self.root) != HASH_SIZE:
            raise CheckpointError(f"the root has {len(self.root)} bytes: {HASH_SIZE} are needed")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise CheckpointError("the root of an empty log must be SHA-256 of nothing")
        if any(not line or "\n" in line for line in (self.origin, *self.extensions)):
            raise CheckpointError("origin and extensions of a checkpoint must be non-empty single lines")
        try:
            check_text(self.text)
        except NoteError as error:
            raise CheckpointError(f"the checkpoint cannot be written as a note: {error}") from error

    @property
    def text(self) -> str:
        """The text that is signed, newline at the end included."""
        return "".join(line + "\n" for line in (self.origin, str(self.size), base64_text.encode(self.root), *self.extensions))


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text writes; who signed it is not looked at. Raises CheckpointError if it is none."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "":
        raise CheckpointError("a checkpoint has three lines, each ended by a newline: origin, size, root")
    origin, size, root, *extensions = lines
    if not _DECIMAL.fullmatch(size):
        raise CheckpointError(f"{ascii(size)[:40]} is not a tree size: decimal digits without leading zeroes are needed")
    try:
        root_hash = base64_text.decode(root)
    except ValueError as error:
        raise CheckpointError(f"the root is {error}") from error
    return Checkpoint(origin=origin, size=int(size), root=root_hash, extensions=tuple(extensions))


def sign_checkpoint(checkpoint: Checkpoint, *signers: Signer) -> bytes:
    """The checkpoint as a signed note. Whoever signs must have made sure that it is consistent with every one signed before."""
    return sign_note(checkpoint.text, *signers)


def open_checkpoint(note: bytes, verifiers: Iterable[Verifier], origin: str) -> Checkpoint:
    """The checkpoint of the log `origin` in a note signed by at least one of `verifiers`, the keys trusted for that log.

    Raises NoteError if the note is malformed or not rightly signed, CheckpointError if it is not a checkpoint of this log.
    """
    checkpoint = parse_checkpoint(open_note(note, verifiers).text)
    if checkpoint.origin != origin:
        raise CheckpointError(f"the checkpoint is of the log {ascii(checkpoint.origin)[:120]}, not of {ascii(origin)[:120]}")
    return checkpoint
