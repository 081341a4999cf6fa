"""SHA-256 of bytes and of streams, and its one written form: 64 lower-case hexadecimal digits."""

import hashlib
import re
from collections.abc import Iterable
from typing import BinaryIO

DIGEST_SIZE = 32
"""Bytes in a SHA-256 digest."""

CHUNK_BYTES = 1 << 20
"""How much of a stream is held in memory at a time."""

_HEX = re.compile(r"[0-9a-f]{64}")


class DigestError(ValueError):
    """The text is not a SHA-256 digest in hexadecimal."""


def sha256(data: bytes) -> bytes:
    """The 32 bytes of SHA-256 (FIPS 180-4) over `data`."""
    return hashlib.sha256(data).digest()


def sha256_hex(data: bytes) -> str:
    """SHA-256 over `data` as 64 lower-case hexadecimal digits, the form that `sha256sum` prints."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_chunks(chunks: Iterable[bytes]) -> bytes:
    """SHA-256 over the concatenation of `chunks`, none of which is kept."""
    running = hashlib.sha256()
    for chunk in chunks:
        running.update(chunk)
    return running.digest()


def sha256_of_file(file: BinaryIO) -> bytes:
    """SHA-256 over what is left to read in `file`, opened in binary mode; uses one megabyte of memory whatever its length."""
    return sha256_of_chunks(iter(lambda: file.read(CHUNK_BYTES), b""))


def digest_from_hex(text: str) -> bytes:
    """The digest that `text` writes. Raises DigestError unless it is exactly 64 lower-case hexadecimal digits."""
    if not _HEX.fullmatch(text):
        raise DigestError(f"{ascii(text)[:80]} is not a SHA-256 digest: 64 lower-case hexadecimal digits are needed")
    return bytes.fromhex(text)
