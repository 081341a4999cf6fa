"""Reading raw bytes back, verified."""

import zlib

from compliance.seal.digest import sha256
from compliance.tenancy import scope
from compliance.vault.encryption import decrypt
from compliance.vault.models import Blob
from compliance.vault.store import blob_name, open_store


class UnknownBlob(LookupError):
    """This organization keeps no bytes of that digest."""


class BlobAltered(ValueError):
    """The stored bytes do not hash to their address any more."""


def read_blob(hex_digest: str) -> bytes:
    """The bytes of that digest. Raises UnknownBlob when this organization keeps none such, BlobMissing when the store lost it,
    CannotDecrypt or BlobAltered when it was tampered with."""
    digest = bytes.fromhex(hex_digest)
    if not Blob.objects.filter(digest=digest).exists():
        raise UnknownBlob(f"no bytes are kept under {hex_digest}")
    organization_id = scope.organization_id()
    data = zlib.decompress(decrypt(organization_id, "blob", open_store().get(blob_name(organization_id, digest))))
    if sha256(data) != digest:
        raise BlobAltered(f"the bytes kept under {hex_digest} hash to something else")
    return data


def redactions_of(hex_digest: str) -> tuple[str, ...]:
    """What was taken out of the page of that digest before it was hashed, in words; empty when it is as received. Raises UnknownBlob."""
    redactions = Blob.objects.filter(digest=bytes.fromhex(hex_digest)).values_list("redactions", flat=True).first()
    if redactions is None:
        raise UnknownBlob(hex_digest)
    return tuple(redactions)
