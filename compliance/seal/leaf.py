"""The leaf of an organization's log: what happened, to what, when, and the salted hash of its payload; never the payload itself.

A leaf is the RFC 8785 form of {"hash": 64 hex digits, "id": text, "kind": text, "time": RFC 3339 in UTC}. The salt keeps short or
guessable payloads from being found out by trying, and lets a payload be destroyed (with its salt) while every proof stays valid.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from compliance.seal.canonical import CanonicalError, JsonError, fact_bytes, parse_json
from compliance.seal.digest import DIGEST_SIZE, DigestError, digest_from_hex, sha256

SALT_SIZE = 16
MAX_LEAF_BYTES = 4096

_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_MAX_ID = 200
_PARTS = {"hash", "id", "kind", "time"}


class LeafError(ValueError):
    """The parts or bytes do not make a leaf; the message says why."""


def new_salt() -> bytes:
    """SALT_SIZE bytes nobody can guess; each payload gets its own."""
    return secrets.token_bytes(SALT_SIZE)


def payload_hash(salt: bytes, payload: bytes) -> bytes:
    """SHA-256(salt || payload). The salt's fixed length leaves no doubt where the payload begins; LeafError for any other length."""
    if len(salt) != SALT_SIZE:
        raise LeafError(f"a salt has {SALT_SIZE} bytes, not {len(salt)}")
    return sha256(salt + payload)


def utc_text(time: datetime) -> str:
    """An instant as RFC 3339 in UTC with exactly six decimals, `2026-03-31T22:00:00.000000Z`. Raises LeafError without a time zone."""
    if time.utcoffset() is None:
        raise LeafError("a time without a zone is no instant: give it one")
    return time.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


@lru_cache(maxsize=256)
def _check_kind(kind: str) -> None:
    if not _KIND.fullmatch(kind):
        raise LeafError(f"{ascii(kind)[:80]} is not a kind of leaf: lower-case words joined by dots are needed")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of the log.

    `kind` says what it is (lower-case words joined by dots: `evidence.record`), `id` which one, `time` when it was received (by our
    clock), `hash` is `payload_hash(salt, payload)`. Raises LeafError on construction if a part is not of that form.
    """

    kind: str
    id: str
    time: datetime
    hash: bytes

    def __post_init__(self) -> None:
        _check_kind(self.kind)
        if not 0 < len(self.id) <= _MAX_ID:
            raise LeafError(f"the id of a leaf has 1 to {_MAX_ID} characters, not {len(self.id)}")
        if len(self.hash) != DIGEST_SIZE:
            raise LeafError(f"the hash in a leaf has {DIGEST_SIZE} bytes, not {len(self.hash)}")
        if self.time.utcoffset() is None:
            raise LeafError("a time without a zone is no instant: give it one")

    def encode(self) -> bytes:
        """The bytes that are hashed into the log. Raises LeafError if the id holds a lone surrogate."""
        try:
            return fact_bytes({"hash": self.hash.hex(), "id": self.id, "kind": self.kind, "time": utc_text(self.time)})
        except CanonicalError as error:
            raise LeafError(f"the leaf cannot be written: {error}") from error

    def holds(self, salt: bytes, payload: bytes) -> bool:
        """Whether this leaf was made for that payload under that salt. Raises LeafError for a salt of the wrong length."""
        return payload_hash(salt, payload) == self.hash


def parse_leaf(data: bytes) -> Leaf:
    """Read a leaf. Raises LeafError unless `data` is exactly what `Leaf.encode` writes: a leaf has one spelling."""
    try:
        parts = parse_json(data, MAX_LEAF_BYTES, 1)
    except JsonError as error:
        raise LeafError(f"the leaf is {error}") from error
    if not isinstance(parts, dict) or set(parts) != _PARTS or not all(isinstance(part, str) for part in parts.values()):
        raise LeafError("a leaf has exactly the texts hash, id, kind and time")
    leaf = Leaf(kind=parts["kind"], id=parts["id"], time=_instant(parts["time"]), hash=_digest(parts["hash"]))
    if leaf.encode() != data:
        raise LeafError("the leaf is not in its one canonical spelling")
    return leaf


def _instant(text: str) -> datetime:
    if not _TIME.fullmatch(text):
        raise LeafError(f"{ascii(text)[:60]} is not a time of the form 2026-03-31T22:00:00.000000Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise LeafError(f"{text} is not a time: {error}") from error


def _digest(text: str) -> bytes:
    try:
        return digest_from_hex(text)
    except DigestError as error:
        raise LeafError(str(error)) from error
