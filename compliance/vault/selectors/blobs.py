"""Reading raw bytes back, verified."""

import hashlib
import uuid
import zlib
from collections.abc import Iterator

from compliance.tenancy import scope
from compliance.vault.encryption import MAGIC, CannotDecrypt, decrypt
from compliance.vault.models import Blob
from compliance.vault.selectors.deletion import gone_bytes
from compliance.vault.store import Store, blob_name, open_store
from compliance.vault.streaming import STREAM_MAGIC, open_stream, unpack

PAGE = 5000


class UnknownBlob(LookupError):
    """This organization keeps no bytes of that digest."""


class BlobGone(UnknownBlob):
    """The bytes were deleted as two people decided; the message says when and why."""


class BlobAltered(ValueError):
    """The stored bytes do not hash to their address any more."""


def read_blob(hex_digest: str) -> bytes:
    """The bytes of that digest, whole. Raises UnknownBlob when this organization keeps none such (BlobGone when they were deleted), BlobMissing when the store lost it,
    CannotDecrypt or BlobAltered when it was tampered with."""
    return b"".join(open_blob(hex_digest))


def open_blob(hex_digest: str) -> Iterator[bytes]:
    """The bytes of that digest piece by piece, in constant memory where they were stored as a file. Raises UnknownBlob and BlobMissing at
    once; CannotDecrypt or BlobAltered, at the latest after the last piece, when it was tampered with: whoever passes pieces on must
    break off then, so that the receiver sees an incomplete answer. The scope is needed for the call, not while reading."""
    digest = bytes.fromhex(hex_digest)
    if not Blob.objects.filter(digest=digest).exists():
        if gone := gone_bytes(hex_digest):
            raise BlobGone(f"these bytes were deleted on {gone.at:%Y-%m-%d}: {gone.title}")
        raise UnknownBlob(f"no bytes are kept under {hex_digest}")
    return stored_bytes(scope.organization_id(), digest)


def stored_bytes(organization_id: uuid.UUID, digest: bytes, store: Store | None = None) -> Iterator[bytes]:
    """What the store (BLOB_STORE_URL's, or another one) has of that organization under that digest, decrypted and verified, whether or
    not it is said to be kept. Raises as `open_blob`."""
    return _verified(digest, _plain(organization_id, (store or open_store()).read(blob_name(organization_id, digest))))


def kept_digests() -> Iterator[bytes]:
    """The digest of everything that is kept of the organization in scope, oldest first, a few thousand rows at a time: what is added
    meanwhile comes at the end."""
    last: uuid.UUID | None = None
    while True:
        rows = Blob.objects.order_by("id").values_list("id", "digest")
        page = list((rows if last is None else rows.filter(id__gt=last))[:PAGE])
        yield from (bytes(digest) for _id, digest in page)
        if len(page) < PAGE:
            return
        last = page[-1][0]


def redactions_of(hex_digest: str) -> tuple[str, ...]:
    """What was taken out of the page of that digest before it was hashed, in words; empty when it is as received. Raises UnknownBlob."""
    redactions = Blob.objects.filter(digest=bytes.fromhex(hex_digest)).values_list("redactions", flat=True).first()
    if redactions is None:
        raise UnknownBlob(hex_digest)
    return tuple(redactions)


def _plain(organization_id: uuid.UUID, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Decrypted and unpacked, of either format: pages are sealed whole, files in pieces."""
    first = next(chunks, b"")

    def all_chunks() -> Iterator[bytes]:
        yield first
        yield from chunks

    if first.startswith(STREAM_MAGIC):
        yield from unpack(open_stream(organization_id, "blob", all_chunks()))
        return
    if not first.startswith(MAGIC):
        raise CannotDecrypt("the stored bytes were altered: they do not begin as sealed bytes do")
    yield zlib.decompress(decrypt(organization_id, "blob", b"".join(all_chunks())))


def _verified(digest: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    sha = hashlib.sha256()
    for chunk in chunks:
        sha.update(chunk)
        yield chunk
    if sha.digest() != digest:
        raise BlobAltered(f"the bytes kept under {digest.hex()} hash to something else")
