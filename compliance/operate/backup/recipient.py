"""Encrypting a backup to a public key, so that the machine which makes backups cannot read them.

X25519 with a key pair of its own per file (RFC 7748), HKDF-SHA256 (RFC 5869), then the sealed stream of the vault, whose purpose is the
file's name: files cannot be swapped. Format: `PLB1`, 32 bytes of the ephemeral public key, the stream. Keys are PEM files as
`openssl genpkey -algorithm X25519` makes them. Encryption says nothing about who made the backup: anybody with the public key can.
"""

import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key, load_pem_public_key

from compliance.seal.digest import sha256
from compliance.vault.encryption import CannotDecrypt
from compliance.vault.streaming import open_stream, seal_stream

MAGIC = b"PLB1"
NOBODY = uuid.UUID(int=0)  # a backup is of all organizations
_HEAD = len(MAGIC) + 32


class WrongKey(ValueError):
    """The key file is none, or not the one; the message says what to give."""


def read_public_key(path: Path) -> X25519PublicKey:
    """The public key of a PEM file. Raises WrongKey."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise WrongKey(f"{path} holds no public key: make one with openssl pkey -in backup.key -pubout -out backup.pub.") from error
    if not isinstance(key, X25519PublicKey):
        raise WrongKey(f"{path} holds a public key of another kind: make one with openssl genpkey -algorithm X25519.")
    return key


def read_private_key(path: Path) -> X25519PrivateKey:
    """The private key of a PEM file without a passphrase. Raises WrongKey."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WrongKey(f"{path} holds no private key that can be read: give the file openssl genpkey made.") from error
    if not isinstance(key, X25519PrivateKey):
        raise WrongKey(f"{path} holds a private key of another kind: give the X25519 key the backup was encrypted to.")
    return key


def fingerprint(key: X25519PublicKey) -> str:
    """By which a backup names the key it was encrypted to: SHA-256 of the raw public key, in hex."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hex()


def encrypted_to(key: X25519PublicKey, name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The file of that name, so that only the private key opens it."""
    own = X25519PrivateKey.generate()
    ours = own.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    theirs = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    yield MAGIC + ours
    yield from seal_stream(NOBODY, f"backup {name}", _secret(own.exchange(key), ours, theirs), chunks)


def opened_with(key: X25519PrivateKey, name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The inverse. Raises CannotDecrypt, at the latest at the end."""
    walk, head = iter(chunks), b""
    while len(head) < _HEAD:
        chunk = next(walk, None)
        if chunk is None:
            break
        head += chunk
    if len(head) < _HEAD or head[: len(MAGIC)] != MAGIC:
        raise CannotDecrypt(f"{name} is no encrypted file of a backup, or it was cut off")
    ours, rest = head[len(MAGIC) : _HEAD], head[_HEAD:]
    theirs = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    secret = _secret(key.exchange(X25519PublicKey.from_public_bytes(ours)), ours, theirs)

    def following() -> Iterator[bytes]:
        yield rest
        yield from walk

    yield from open_stream(NOBODY, f"backup {name}", following(), lambda _identity: secret)


def _secret(shared: bytes, ours: bytes, theirs: bytes) -> str:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"plumbline backup\0" + ours + theirs).derive(shared).hex()
