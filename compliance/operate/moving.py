"""Taking all blobs from one store to another: a folder to a bucket, back, or between two of a kind.

Sealed bytes are copied as they are, so that no key is needed to copy; then everything is read back from the target, decrypted and hashed.
An object appears whole or not at all, so what is there was copied: stopped and started again, it goes on with what is missing. The
instance may run meanwhile; what it adds is found by running it again after BLOB_STORE_URL was changed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from compliance.configuration import ConfigurationError, checked_blob_store_url
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.vault.encryption import CannotDecrypt
from compliance.vault.selectors.blobs import BlobAltered, kept_digests, stored_bytes
from compliance.vault.store import BlobMissing, Store, blob_name, store_at


class CannotMove(ValueError):
    """The two addresses do not allow a move."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one organization's blobs. `trouble` names each that is not whole in the target, and why."""

    slug: str
    copied: int
    there_already: int
    trouble: tuple[str, ...]


def move_store(source_url: str, target_url: str, said: Callable[[str], None] = lambda _line: None) -> Iterator[Moved]:
    """Copy what is missing and verify everything, organization by organization. Nothing is removed from the source.
    Raises CannotMove for addresses that are wrong or the same."""
    source, target = _stores(source_url, target_url)
    for organization in Organization.objects.order_by("slug"):
        with scope(organization.pk):
            digests = list(kept_digests())
        copied, missing = 0, []
        for number, digest in enumerate(digests, start=1):
            try:
                copied += _copy(source, target, blob_name(organization.pk, digest))
            except BlobMissing:
                missing.append(f"{digest.hex()} is in neither store")
            if number % 1000 == 0:
                said(f"{organization.slug}: {number:,} of {len(digests):,} looked at, {copied:,} copied")
        absent = {line.split()[0] for line in missing}
        altered = [line for line in (_trouble(organization, digest, target) for digest in digests if digest.hex() not in absent) if line]
        yield Moved(organization.slug, copied, len(digests) - copied - len(missing), (*missing, *altered))


def _copy(source: Store, target: Store, name: str) -> bool:
    """Whether there was something to copy. Raises BlobMissing where neither has it."""
    there = target.size(name)
    if there is not None and there == source.size(name):
        return False
    if there is not None and source.size(name) is None:
        return False  # only the target has it: it was written after the address was changed
    draft = target.draft()
    try:
        with draft.open("xb") as file:
            for piece in source.read(name):
                file.write(piece)
        # A size that differs: sealed anew with another key in the source since. The newer one counts.
        (target.put_file if there is None else target.replace_file)(name, draft)
    finally:
        draft.unlink(missing_ok=True)
    return True


def _trouble(organization: Organization, digest: bytes, target: Store) -> str:
    try:
        for _piece in stored_bytes(organization.pk, digest, target):
            pass
    except (BlobMissing, BlobAltered, CannotDecrypt) as error:
        return f"{digest.hex()} is not whole in the target: {error}"
    return ""


def _stores(source_url: str, target_url: str) -> tuple[Store, Store]:
    for url in (source_url, target_url):
        try:
            checked_blob_store_url(url)
        except ConfigurationError as error:
            raise CannotMove(str(error).replace("BLOB_STORE_URL", url)) from error
    if _place(source_url) == _place(target_url):
        raise CannotMove("Both addresses name the same place: give the old one first, then the new one.")
    return store_at(source_url), store_at(target_url)


def _place(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc, parts.path.rstrip("/")
