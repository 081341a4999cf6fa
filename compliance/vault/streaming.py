"""Large bytes, encrypted piece by piece in constant memory: each piece is authenticated, and so are its place and the end.

Format: `PL2`, 4 bytes that identify the key, 32 bytes salt, then pieces of 256 KiB plain (the last may be shorter, also empty), each
AES-256-GCM with its 16 bytes tag. This is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015; Google Tink's streaming
AEAD): a key per file, derived from the installation's key, organization, purpose and salt, and as nonce the number of the piece and
whether it is the last. Pieces that were swapped, dropped, repeated, taken from another file or cut off at the end do not open.

What is sealed is packed first: one byte `0` (as it is) or `1` (zlib), decided by whether the first piece shrinks.
"""

import os
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from compliance.vault.encryption import CannotDecrypt, derived_key, key_id, key_of

STREAM_MAGIC = b"PL2"
PIECE = 256 * 1024
_SALT = 32
_TAG = 16
_HEAD = len(STREAM_MAGIC) + 4
_AS_IT_IS, _ZLIB = b"\0", b"\1"
_ALTERED = "the stored bytes were altered or cut off, or belong to another organization"


def seal_stream(organization_id: uuid.UUID, purpose: str, secret: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The sealed form of `chunks` (of any size) under that key of the installation, a piece at a time."""
    salt = os.urandom(_SALT)
    cipher = AESGCM(derived_key(secret, organization_id, purpose, salt))
    yield STREAM_MAGIC + key_id(secret) + salt
    for number, (piece, last) in enumerate(_with_last(_pieces(chunks, PIECE))):
        yield cipher.encrypt(_nonce(number, last), piece, organization_id.bytes)


def open_stream(
    organization_id: uuid.UUID, purpose: str, chunks: Iterable[bytes], secret_of: Callable[[bytes], str] = key_of
) -> Iterator[bytes]:
    """The plain bytes of a sealed stream, each piece verified before it is given. Raises CannotDecrypt, at the latest at the end,
    where something is missing or altered: what was given before is genuine, but only the end says that it is all. `secret_of` finds the
    key that the stream names, among SECRET_KEYS unless told otherwise."""
    source = _Reader(chunks)
    head = source.take(_HEAD + _SALT)
    if len(head) < _HEAD + _SALT or head[: len(STREAM_MAGIC)] != STREAM_MAGIC:
        raise CannotDecrypt(_ALTERED)
    secret = secret_of(head[len(STREAM_MAGIC) : _HEAD])
    cipher = AESGCM(derived_key(secret, organization_id, purpose, head[_HEAD:]))
    for number, (piece, last) in enumerate(_with_last(_pieces(source.rest(), PIECE + _TAG))):
        try:
            yield cipher.decrypt(_nonce(number, last), piece, organization_id.bytes)
        except InvalidTag as error:
            raise CannotDecrypt(_ALTERED) from error


def pack(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Compressed where that is worth it: the first piece decides for all."""
    pieces = _pieces(chunks, PIECE)
    first = next(pieces)
    if len(zlib.compress(first, 1)) > len(first) * 9 // 10:
        yield _AS_IT_IS + first
        yield from pieces
        return
    packer = zlib.compressobj(1)
    yield _ZLIB + packer.compress(first)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def unpack(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The inverse of `pack`, never more than a piece at a time. Raises CannotDecrypt for what `pack` did not make."""
    source = _Reader(chunks)
    kind = source.take(1)
    if kind == _AS_IT_IS:
        yield from source.rest()
        return
    if kind != _ZLIB:
        raise CannotDecrypt(_ALTERED)
    opener = zlib.decompressobj()
    for chunk in source.rest():
        yield opener.decompress(chunk, PIECE)
        while opener.unconsumed_tail:
            yield opener.decompress(opener.unconsumed_tail, PIECE)
    yield opener.flush()
    if not opener.eof:
        raise CannotDecrypt(_ALTERED)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _pieces(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of exactly `size`; the last is what is left, one empty piece where there is nothing."""
    held = bytearray()
    some = False
    for chunk in chunks:
        held += chunk
        while len(held) > size:
            yield bytes(held[:size])
            del held[:size]
            some = True
    if held or not some:
        yield bytes(held)


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each piece with whether it is the last."""
    walk = iter(pieces)
    held = next(walk)
    for piece in walk:
        yield held, False
        held = piece
    yield held, True


class _Reader:
    """A few bytes from the front of chunks, then the rest of them."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._held = b""

    def take(self, number: int) -> bytes:
        """The next `number` bytes, fewer at the end."""
        while len(self._held) < number:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._held += chunk
        taken, self._held = self._held[:number], self._held[number:]
        return taken

    def rest(self) -> Iterator[bytes]:
        """What is left."""
        if self._held:
            yield self._held
        yield from self._chunks
