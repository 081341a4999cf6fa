"""C2SP tlog-cosignature, version 1 with Ed25519: a witness says that as of a time a checkpoint extends all that it saw of the log before.

Key id and verifier key as in signed-note, with signature type 0x04 (https://c2sp.org/tlog-cosignature). The request to a witness is that of
https://c2sp.org/tlog-witness.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from compliance.seal import base64_text
from compliance.seal.digest import sha256
from compliance.seal.note import KEY_ID_SIZE, KEY_SIZE, NoteError, Signature, check_key_name, split_note

COSIGNATURE = b"\x04"
TIME_SIZE = 8
SIGNATURE_SIZE = 64
LATEST = 253402300799
"""Seconds since the epoch of the last second of the year 9999."""

MOST_PROOF_LINES = 63
_KEY_ID = re.compile(r"[0-9a-f]{8}")


class CosignatureError(ValueError):
    """A witness key or its answer is malformed, or the signature is wrong or missing; the message says which."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A line that verified: as it stands under the checkpoint, without newline, and the time it states."""

    line: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The public key of a witness."""

    name: str
    public_key: bytes = field(repr=False)

    @classmethod
    def from_vkey(cls, vkey: str) -> "WitnessKey":
        """Read `name+id+base64` with signature type 0x04. Raises CosignatureError when malformed or when the id is not that of the key."""
        name, _, rest = vkey.partition("+")
        written_id, _, encoded = rest.partition("+")
        if not _KEY_ID.fullmatch(written_id):
            raise CosignatureError("a witness key is name+id+base64 with an id of eight lower-case hexadecimal digits")
        try:
            check_key_name(name)
            key = base64_text.decode(encoded)
        except ValueError as error:
            raise CosignatureError(f"the witness key is malformed: {error}") from error
        if key[:1] != COSIGNATURE or len(key) != 1 + KEY_SIZE:
            raise CosignatureError("the witness key is not an Ed25519 cosignature key: 33 bytes, the first of them 0x04")
        found = cls(name, key[1:])
        if found.id.hex() != written_id:
            raise CosignatureError("the id in the witness key is not that of the key: it has been damaged or renamed")
        return found

    @property
    def id(self) -> bytes:
        """The 4 bytes by which a cosignature names its key."""
        return sha256(self.name.encode() + b"\n" + COSIGNATURE + self.public_key)[:KEY_ID_SIZE]

    @property
    def vkey(self) -> str:
        """The key as text."""
        return f"{self.name}+{self.id.hex()}+{base64_text.encode(COSIGNATURE + self.public_key)}"

    def find(self, note: bytes, lines: bytes) -> Cosigned:
        """The cosignature by this key among `lines`, a witness' answer about the checkpoint `note`; lines of other keys are passed over, as
        the specification demands. Raises CosignatureError where there is none or it is wrong."""
        try:
            text, _own = split_note(note)
            _text, signatures = split_note(text.encode() + b"\n" + lines)
        except NoteError as error:
            raise CosignatureError(f"the answer is not a sequence of signature lines: {error}") from error
        ours = [each for each in signatures if each.name == self.name and each.id == self.id]
        if not ours:
            raise CosignatureError(f"no line of the answer is by the key of {self.name}")
        return self._verified(text, ours[0])

    def _verified(self, text: str, signature: Signature) -> Cosigned:
        raw, seconds = signature.signature, _seconds(signature)
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(raw[TIME_SIZE:], cosigned_message(text, seconds))
        except InvalidSignature as error:
            raise CosignatureError(f"the cosignature of {self.name} does not fit the checkpoint") from error
        return Cosigned(f"— {self.name} {base64_text.encode(self.id + raw)}", datetime.fromtimestamp(seconds, UTC))


def stated_time(name: str, line: str) -> datetime:
    """The time that a line of that witness states, nothing of it verified: its key is not known. Raises CosignatureError."""
    try:
        _text, signatures = split_note(f"\n\n{line}\n".encode())
    except NoteError as error:
        raise CosignatureError(str(error)) from error
    if len(signatures) != 1 or signatures[0].name != name:
        raise CosignatureError(f"it is not one line of {name}")
    return datetime.fromtimestamp(_seconds(signatures[0]), UTC)


def _seconds(signature: Signature) -> int:
    raw = signature.signature
    if len(raw) != TIME_SIZE + SIGNATURE_SIZE:
        raise CosignatureError(f"the cosignature of {signature.name} has {len(raw)} bytes instead of {TIME_SIZE + SIGNATURE_SIZE}")
    seconds = int.from_bytes(raw[:TIME_SIZE], "big")
    if seconds > LATEST:
        raise CosignatureError(f"the cosignature of {signature.name} states an impossible time")
    return seconds


def cosigned_message(text: str, seconds: int) -> bytes:
    """What a witness signs: header, time, and the whole text of the checkpoint."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def add_checkpoint_body(old_size: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """The body of `POST …/add-checkpoint`: the size that the witness saw last, the consistency proof from there, the signed checkpoint."""
    if len(proof) > MOST_PROOF_LINES:
        raise CosignatureError(f"a consistency proof of {len(proof)} lines is more than a witness takes")
    lines = [f"old {old_size}", *(base64_text.encode(each) for each in proof), "", ""]
    return "\n".join(lines).encode() + note
