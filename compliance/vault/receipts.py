"""Receipts: one text file that proves, offline and without us, that something stands in an organization's log."""

import uuid

from compliance.vault.selectors.log import proof_of


class NotSealed(LookupError):
    """Nothing of that id stands in a signed checkpoint yet; what is new does within a minute."""


def receipt_of(ref: uuid.UUID, content_hash: bytes | None = None) -> bytes:
    """The C2SP tlog-proof file (https://c2sp.org/tlog-proof) of the leaf about `ref`, up to the latest checkpoint with the cosignatures
    it has. Where several leaves speak of one thing, `content_hash` says which; the first without it. Raises NotSealed."""
    found = proof_of(ref, content_hash)
    if found is None:
        raise NotSealed(f"{ref} is not in a signed checkpoint of this log")
    return found[1].encode()
