"""Reading raw bytes back, verified."""

import zlib

from compliance.seal.digest import sha256
from compliance.tenancy import scope
from compliance.vault.encryption import decrypt
from compliance.vault.models import Blob
from compliance.vault.store import blob_name, open_store


class BlobAltered(ValueError):
    """The stored bytes do not hash to their address any more."""


def read_blob(hex_digest: str) -> bytes:
    """The bytes of that digest. Raises Blob.DoesNotExist when this organization keeps none such, BlobMissing when the store lost it,
    CannotDecrypt or BlobAltered when it was tampered with."""
    digest = bytes.fromhex(hex_digest)
    Blob.objects.get(digest=digest)
    organization_id = scope.organization_id()
    data = zlib.decompress(decrypt(organization_id, "blob", open_store().get(blob_name(organization_id, digest))))
    if sha256(data) != digest:
        raise BlobAltered(f"the bytes kept under {hex_digest} hash to something else")
    return data
