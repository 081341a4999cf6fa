"""C2SP signed-note v1: text signed by one or more Ed25519 keys (signature type 0x01, https://c2sp.org/signed-note).

A note is the text, an empty line, and one line per signature: em dash, key name, base64 of key id and signature. A key is written as a
verifier key `name+id+base64` to hand out, or a signer key `PRIVATE+KEY+name+id+base64` to keep (the encoding of Go's sumdb/note).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from compliance.seal import base64_text
from compliance.seal.digest import sha256

ED25519 = b"\x01"
KEY_SIZE = 32
"""Bytes of an Ed25519 public key, and of the secret behind it."""

KEY_ID_SIZE = 4
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
"""Lines of signatures that are looked at; the specification asks for at least 16."""

_SIGNER_PREFIX = "PRIVATE+KEY+"
_SIGNATURE_LINE = re.compile(r"— ([^ ]+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_KEY_ID = re.compile(r"[0-9a-f]{8}")


class NoteError(ValueError):
    """A key, text or note is malformed, or a signature is missing or wrong; the message says which."""


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes that name an Ed25519 key: SHA-256(name || LF || 0x01 || 32-byte public key)[:4]. An identifier, not a commitment."""
    return sha256(name.encode("utf-8") + b"\n" + ED25519 + public_key)[:KEY_ID_SIZE]


def check_key_name(name: str) -> None:
    """Raise NoteError unless `name` may name a key: not empty, no spaces, no plus sign, no control characters, valid UTF-8."""
    if not name or "+" in name or any(character.isspace() for character in name) or _CONTROL.search(name) or not _encodable(name):
        raise NoteError(f"{ascii(name)[:120]} cannot name a key: it must not be empty nor hold spaces, plus signs or control characters")


def check_text(text: str) -> None:
    """Raise NoteError unless `text` can be signed: ends in a newline, has no other control characters, is valid UTF-8."""
    if not text.endswith("\n"):
        raise NoteError("the text of a note must end in a newline")
    if _CONTROL.search(text):
        raise NoteError("the text of a note must not hold control characters other than newlines")
    if not _encodable(text):
        raise NoteError("the text of a note holds a lone surrogate, which is no character")


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a named key."""

    name: str
    public_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.public_key) != KEY_SIZE:
            raise NoteError(f"an Ed25519 public key has {KEY_SIZE} bytes, not {len(self.public_key)}")

    @classmethod
    def from_vkey(cls, vkey: str) -> "Verifier":
        """Read `name+id+base64`. Raises NoteError when malformed, of another signature type, or when the id is not that of the key."""
        return cls(*_key_parts(vkey, "verifier key"))

    @property
    def id(self) -> bytes:
        """The 4 bytes by which a signature names its key (C2SP signed-note)."""
        return key_id(self.name, self.public_key)

    @property
    def vkey(self) -> str:
        """The key as text to hand out, by a channel other than the notes it verifies."""
        return f"{self.name}+{self.id.hex()}+{base64_text.encode(ED25519 + self.public_key)}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` (64 bytes, RFC 8032) is this key's over `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """The private half of a named key. `seed` is the 32-byte secret of RFC 8032; it never shows in a repr."""

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.seed) != KEY_SIZE:
            raise NoteError(f"an Ed25519 secret has {KEY_SIZE} bytes, not {len(self.seed)}")

    @classmethod
    def generate(cls, name: str) -> "Signer":
        """A new random key. Raises NoteError if `name` cannot name one."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_skey(cls, skey: str) -> "Signer":
        """Read `PRIVATE+KEY+name+id+base64`. Raises NoteError, without repeating the key, when malformed or when the id does not fit."""
        if not skey.startswith(_SIGNER_PREFIX):
            raise NoteError(f"a signer key begins with {_SIGNER_PREFIX}")
        name, seed = _key_parts(skey.removeprefix(_SIGNER_PREFIX), "signer key", secret=True)
        return cls(name, seed)

    @property
    def verifier(self) -> Verifier:
        """The public half: what checks this signer's notes."""
        return Verifier(self.name, self._key.public_key().public_bytes_raw())

    @property
    def skey(self) -> str:
        """The key as text to keep secret."""
        return f"{_SIGNER_PREFIX}{self.name}+{self.verifier.id.hex()}+{base64_text.encode(ED25519 + self.seed)}"

    def signature_line(self, text: str) -> str:
        """The line, newline included, that signs `text`."""
        return f"— {self.name} {base64_text.encode(self.verifier.id + self._key.sign(text.encode('utf-8')))}\n"

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def _key_parts(text: str, what: str, *, secret: bool = False) -> tuple[str, bytes]:
    """Name and key bytes of `name+id+base64`. The base64 may hold plus signs, the name and the id cannot."""
    name, _, rest = text.partition("+")
    written_id, _, encoded = rest.partition("+")
    if not _KEY_ID.fullmatch(written_id):
        raise NoteError(f"a {what} is name+id+base64 with an id of eight lower-case hexadecimal digits")
    try:
        key = base64_text.decode(encoded)
    except ValueError as error:
        raise NoteError(f"the last part of the {what} is {error}") from error
    if key[:1] != ED25519 or len(key) != 1 + KEY_SIZE:
        raise NoteError(f"the {what} is not an Ed25519 key: 33 bytes, the first of them 0x01")
    verifier = Signer(name, key[1:]).verifier if secret else Verifier(name, key[1:])
    if verifier.id.hex() != written_id:
        raise NoteError(f"the id in the {what} is not that of the key: it has been damaged or renamed")
    return name, key[1:]


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line as it stands on a note: whose it claims to be, and what follows the key id."""

    name: str
    id: bytes
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """A note that was opened: its text is signed by each key of `verified`; `unknown` lists signatures that nobody looked at."""

    text: str
    verified: tuple[Verifier, ...]
    unknown: tuple[Signature, ...]


def sign_note(text: str, *signers: Signer) -> bytes:
    """`text` with a signature line for each signer, as UTF-8. Raises NoteError if the text cannot be signed or no signer is given."""
    check_text(text)
    if not signers:
        raise NoteError("a note needs at least one signer")
    return (text + "\n" + "".join(signer.signature_line(text) for signer in signers)).encode("utf-8")


def add_signatures(note: bytes, *signers: Signer) -> bytes:
    """The note with more signatures behind those it has, which are kept as they are and not verified. Raises NoteError if malformed."""
    text, _ = split_note(note)
    return note + "".join(signer.signature_line(text) for signer in signers).encode("utf-8")


def open_note(note: bytes, verifiers: Iterable[Verifier]) -> Note:
    """Verify a note against the keys one trusts, and give its text.

    Raises NoteError if it is malformed, if a signature that claims to be by one of `verifiers` is wrong, or if none is by them.
    Signatures by other keys are ignored, as the specification demands.
    """
    trusted: dict[tuple[str, bytes], list[Verifier]] = {}
    for verifier in verifiers:
        trusted.setdefault((verifier.name, verifier.id), []).append(verifier)
    text, signatures = split_note(note)
    verified: list[Verifier] = []
    unknown: list[Signature] = []
    for signature in signatures:
        candidates = trusted.get((signature.name, signature.id))
        if candidates is None:
            unknown.append(signature)
            continue
        verifier = _only(candidates)
        if not verifier.verifies(text.encode("utf-8"), signature.signature):
            raise NoteError(f"the signature of {verifier.name} does not fit the text: the note was changed or the signature forged")
        if verifier not in verified:
            verified.append(verifier)
    if not verified:
        raise NoteError("no signature on the note is by a key that is trusted here")
    return Note(text=text, verified=tuple(verified), unknown=tuple(unknown))


def _only(candidates: list[Verifier]) -> Verifier:
    """The one key behind a name and id. Two different ones with the same short id cannot be told apart, so neither counts."""
    if len(set(candidates)) > 1:
        raise NoteError(f"two different trusted keys share the name {candidates[0].name} and an id: rename one of them")
    return candidates[0]


def split_note(note: bytes) -> tuple[str, tuple[Signature, ...]]:
    """Text and signatures of a note, nothing of it verified. Raises NoteError if it is malformed."""
    if len(note) > MAX_NOTE_BYTES:
        raise NoteError(f"the note has {len(note):,} bytes, more than the {MAX_NOTE_BYTES:,} that are read")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteError(f"the note is not UTF-8 at byte {error.start}") from error
    if _CONTROL.search(whole):
        raise NoteError("the note holds control characters other than newlines")
    text, blank, block = whole.rpartition("\n\n")
    if not blank or not block.endswith("\n"):
        raise NoteError("the note does not end in an empty line and signature lines")
    lines = block[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"the note has {len(lines)} signature lines, more than the {MAX_SIGNATURES} that are read")
    return text + "\n", tuple(_signature(line) for line in lines)


def _signature(line: str) -> Signature:
    match = _SIGNATURE_LINE.fullmatch(line)
    if not match:
        raise NoteError(f"{ascii(line)[:120]} is not a signature line")
    check_key_name(match[1])
    try:
        raw = base64_text.decode(match[2])
    except ValueError as error:
        raise NoteError(f"the signature of {match[1]} is {error}") from error
    if len(raw) <= KEY_ID_SIZE:
        raise NoteError(f"the signature of {match[1]} is shorter than a key id and one byte")
    return Signature(name=match[1], id=raw[:KEY_ID_SIZE], signature=raw[KEY_ID_SIZE:])
