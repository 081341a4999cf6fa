"""Secrets that are handed out once and kept only as a digest: invitations, API tokens, the operator's first link.

The text names the row by its key, so that the look-up uses the primary key and the digest is compared beside it. 32 random bytes
need no slow hash: there is nothing to guess.
"""

import hashlib
import re
import secrets
import uuid

_SHAPE = re.compile(r"^([0-9a-f]{32})_([A-Za-z0-9_-]{43})$")


def new_secret() -> str:
    """43 characters, 256 random bits."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    """SHA-256 of the secret."""
    return hashlib.sha256(secret.encode()).digest()


def written(key: uuid.UUID, secret: str) -> str:
    """The text that is handed out: key and secret."""
    return f"{key.hex}_{secret}"


def taken_apart(text: str) -> tuple[uuid.UUID, bytes] | None:
    """Key and digest of a text that somebody presents; None where it cannot be one of ours."""
    match = _SHAPE.match(text)
    return (uuid.UUID(hex=match[1]), digest_of(match[2])) if match else None
