"""Encryption at rest, a key per organization, derived from the installation's keys; the first key encrypts, all decrypt.

Format: `PL1`, 4 bytes that identify the key, 12 bytes nonce, AES-256-GCM ciphertext (which authenticates the organization).
What is too large to be held in memory is sealed piece by piece instead: `compliance.vault.streaming`.
"""

import hashlib
import os
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

MAGIC = b"PL1"
_KEY_ID = 4
_NONCE = 12


class CannotDecrypt(ValueError):
    """None of the configured keys opens it: a key was removed too early from SECRET_KEYS, or the bytes were altered."""


def encrypt(organization_id: uuid.UUID, purpose: str, plain: bytes) -> bytes:
    """Encrypt for one organization and one purpose ("blob", "credential", "log key")."""
    secret = newest_secret()
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(derived_key(secret, organization_id, purpose)).encrypt(nonce, plain, organization_id.bytes)
    return MAGIC + key_id(secret) + nonce + sealed


def decrypt(organization_id: uuid.UUID, purpose: str, sealed: bytes) -> bytes:
    """The plain bytes. Raises CannotDecrypt."""
    head = len(MAGIC) + _KEY_ID
    if sealed[: len(MAGIC)] != MAGIC:
        raise CannotDecrypt("the stored bytes were altered: they do not begin as sealed bytes do")
    secret = key_of(sealed[len(MAGIC) : head])
    try:
        return AESGCM(derived_key(secret, organization_id, purpose)).decrypt(
            sealed[head : head + _NONCE], sealed[head + _NONCE :], organization_id.bytes
        )
    except InvalidTag as error:
        raise CannotDecrypt("the stored bytes were altered, or belong to another organization") from error


def newest_secret() -> str:
    """The installation's key that seals what is written now."""
    return settings.CONFIGURATION.secret_keys[0]


def key_of(identity: bytes) -> str:
    """The installation's key that these 4 bytes identify. Raises CannotDecrypt where it is not among SECRET_KEYS."""
    for secret in settings.CONFIGURATION.secret_keys:
        if identity == key_id(secret):
            return secret
    raise CannotDecrypt("no key in SECRET_KEYS opens this; put the key that wrote it back at the end of the list")


def newest_head() -> bytes:
    """What everything begins with that the newest key sealed."""
    return MAGIC + key_id(newest_secret())


def sealed_anew(organization_id: uuid.UUID, purpose: str, sealed: bytes) -> bytes:
    """The same content under the newest key. Raises CannotDecrypt."""
    return encrypt(organization_id, purpose, decrypt(organization_id, purpose, sealed))


def key_id(secret: str) -> bytes:
    """The 4 bytes by which sealed bytes name the key that sealed them."""
    return hashlib.sha256(b"plumbline key id\0" + secret.encode()).digest()[:_KEY_ID]


def derived_key(secret: str, organization_id: uuid.UUID, purpose: str, salt: bytes | None = None) -> bytes:
    """The AES-256 key of one organization and purpose, and of one file where it has a salt of its own (HKDF, RFC 5869)."""
    info = b"plumbline\0" + purpose.encode() + b"\0" + organization_id.bytes
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret.encode())
