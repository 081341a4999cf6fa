"""A sample of what is kept, verified again: canonical fact, digest, salted hash, place in the log, raw answers."""

import random
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from compliance.seal.canonical import canonical_bytes
from compliance.seal.digest import sha256
from compliance.seal.leaf import payload_hash
from compliance.seal.note import Verifier
from compliance.seal.proof import verify_proof
from compliance.tenancy import scope
from compliance.vault.encryption import CannotDecrypt
from compliance.vault.selectors.blobs import BlobAltered, BlobGone, UnknownBlob, read_blob
from compliance.vault.selectors.deletion import gone_of
from compliance.vault.selectors.log import log_verifier, proof_of
from compliance.vault.store import BlobMissing
from evidence.facts.evidence_sample.v1 import EvidenceSample
from evidence.selectors.quality import first_and_last_record, records_from, records_named

if TYPE_CHECKING:
    from evidence.models import Record

SAMPLED = 6
SUBJECT = "store"


def evidence_sample(now: datetime, broken_before: Iterable[str] = ()) -> EvidenceSample:
    """Look at the oldest and the newest record, a few by chance, and those that did not verify before."""
    bounds = first_and_last_record()
    if bounds is None:
        return EvidenceSample(subject=SUBJECT, name="what is kept of this organization")
    again = [uuid.UUID(each.partition(" ")[0]) for each in broken_before]
    records = {each.pk: each for each in (*records_from(_pivots(*bounds, now)), *records_named([*again, *bounds]))}
    found = {pk: _verified(record) for pk, record in sorted(records.items())}
    broken = tuple(f"{pk} {said}" for pk, said in found.items() if said)
    sealed = any(said is not None for said in found.values())
    return EvidenceSample(subject=SUBJECT, name="what is kept of this organization", checked=sealed or None, broken=broken)


def _pivots(first: uuid.UUID, last: uuid.UUID, now: datetime) -> list[uuid.UUID]:
    """Places between the first and the last record, drawn anew each hour."""
    drawn = random.Random(f"{scope.organization_id()} {now:%Y-%m-%dT%H}")
    return [uuid.UUID(int=drawn.randint(first.int, last.int)) for _each in range(SAMPLED)]


def _verified(record: "Record") -> str | None:
    """ "" when all of the record verifies, what is wrong when not, None while it waits to be sealed. What two people decided to delete
    verifies by its tombstone: leaf and hash stayed."""
    if record.salt is None:
        return "" if gone_of(record.pk) else "fact and salt are gone, and nobody decided so"
    gone = record.fact is None
    content = canonical_bytes({"gone": True, "subject": record.subject.key}) if gone else record.fact.encode()
    if not gone and sha256(content) != bytes(record.digest):
        return "the fact does not hash to its digest"
    if payload_hash(bytes(record.salt), content) != bytes(record.content_hash):
        return "the salted hash is another one"
    proof = proof_of(record.pk)
    if proof is None:
        return None
    leaf, held = proof
    if bytes(record.content_hash).hex().encode() not in leaf:
        return "the log holds another hash"
    try:
        verifier = Verifier.from_vkey(log_verifier())
        verify_proof(held.encode(), leaf, [verifier], verifier.name)
    except ValueError as error:
        return f"its place in the log does not verify: {error}"
    return _pages(record)


def _pages(record: "Record") -> str:
    for page in record.pages.split():
        try:
            read_blob(page)
        except BlobGone:
            continue
        except (UnknownBlob, BlobMissing):
            return f"the raw answer {page[:12]} is missing"
        except (BlobAltered, CannotDecrypt, ValueError):
            return f"the raw answer {page[:12]} was altered"
    return ""
