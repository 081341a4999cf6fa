"""Proving a real store: what it is asked to do, it does, and what its lock forbids, it refuses.

Writes objects under `check/` and removes what may be removed; a locked one stays until its retention of one day ends. Nothing of any
organization is touched.
"""

import dataclasses
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from compliance.operate.diagnosis.finding import Finding, fail, ok, warn
from compliance.vault.s3store import PART, LockNotKept, S3Store
from compliance.vault.store import BlobMissing, FolderStore, HeldByLock, Store

if TYPE_CHECKING:
    from pathlib import Path

TROUBLE = (OSError, BotoCoreError, ClientError, BlobMissing, LockNotKept)
LARGE = PART + 1024 * 1024  # more than one part


def check_store(store: Store, *, large: bool = True) -> Iterator[Finding]:
    """Each thing that was tried, as it was tried. `large` also sends a file of 65 MB in parts."""
    if isinstance(store, S3Store) and store.rule.mode:
        yield from _locked(store, large=large)
        return
    name = _name()
    yield from _round_trip(store, name, large=large)
    if isinstance(store, S3Store):
        yield _versions(store)
        yield warn("lock", "not asked for", "Add lock=governance&retain_days=2555 to BLOB_STORE_URL, on a bucket with Object Lock.")
    elif isinstance(store, FolderStore):
        yield _closed(store.folder)
    yield _removed(store, name)


def _round_trip(store: Store, name: str, *, large: bool) -> Iterator[Finding]:
    data = os.urandom(1000)
    yield _tried("write", lambda: store.put(name, data), "1,000 bytes written with a checksum")
    yield _tried("read", lambda: _same(store.get(name), data), "the same bytes read back")
    if not large:
        return
    other = _name()
    yield _tried("large file", lambda: _large(store, other), f"{LARGE:,} bytes sent in parts and read back the same")
    yield _tried("clean up", lambda: _if_free(store, other), "the large file is removed, or stays until its lock ends")


def _locked(store: S3Store, *, large: bool) -> Iterator[Finding]:
    short = S3Store(bucket=store.bucket, prefix=store.prefix.strip("/"))
    short.rule = dataclasses.replace(store.rule, days=1)
    name = _name()
    if not store.locks_objects():
        yield fail("lock", "the bucket has no Object Lock", "Object Lock is chosen when a bucket is made: make a new one, then move_store.")
        return
    yield ok("lock", f"the bucket has Object Lock; objects are kept {store.rule.days:,} days in mode {store.rule.mode}")
    yield _versions(store)
    yield from _round_trip(short, name, large=False)
    yield _tried("retention", lambda: _has_retention(short, name), "read back as written (one day for this check)")
    yield _refused("refusal, ours", lambda: short.remove(name), HeldByLock)
    version = short.versions(name)[0]  # the store's own method would refuse before the bucket is asked
    yield _refused("refusal, bucket's", lambda: short.client.delete_object(**short.key(name), VersionId=version), ClientError)
    shorter = datetime.now(UTC) + timedelta(hours=1)
    yield _refused("shortening, ours", lambda: short.retain(name, shorter), HeldByLock)
    yield from _shortened(short, name, shorter)
    yield from _held(short)
    yield warn("left behind", f"{short.prefix}{name}", "It is locked for one day; a life-cycle rule for check/ removes it later.")
    if large:
        yield warn("large file", "not tried on a locked bucket, since it would stay", "Try it with the same bucket's address without lock.")


def _shortened(store: S3Store, name: str, until: datetime) -> Iterator[Finding]:
    """What the bucket itself says to a shorter retention: compliance must refuse; governance may let a privileged login."""
    retention = {"Mode": store.rule.mode, "RetainUntilDate": until}
    yield _refused(
        "shortening, bucket's",
        lambda: store.client.put_object_retention(**store.key(name), Retention=retention),
        ClientError,
    )


def _held(store: S3Store) -> Iterator[Finding]:
    name = _name()
    free = S3Store(bucket=store.bucket, prefix=store.prefix.strip("/"))
    yield _tried("legal hold", lambda: (free.put(name, b"held"), free.hold(name, True)), "put on an object and read back")
    yield _refused("hold refuses", lambda: free.remove(name), HeldByLock)
    yield _tried("hold lifted", lambda: (free.hold(name, False), _if_free(free, name)), "lifted, and the object is removed where it may be")


def _versions(store: S3Store) -> Finding:
    if store.keeps_versions():
        return ok("versions", "the bucket keeps former versions")
    return warn(
        "versions", "the bucket keeps no former versions", "Turn on versioning: an object overwritten by mistake is lost otherwise."
    )


def _closed(folder: "Path") -> Finding:
    if folder.stat().st_mode & 0o007:
        return warn("rights", f"{folder} can be entered by every user of the machine", f"chmod o= {folder}")
    return ok("rights", f"{folder} is closed to other users")


def _removed(store: Store, name: str) -> Finding:
    finding = _tried("remove", lambda: store.remove(name), "removed")
    if finding.fix or store.size(name) is None:
        return finding
    return fail("remove", "the object is still there after it was removed", "Look at the rights of the login and the bucket's rules.")


def _name() -> str:
    return f"check/{secrets.token_hex(12)}"


def _tried(subject: str, what: Callable[[], object], seen: str) -> Finding:
    try:
        what()
    except TROUBLE as error:
        return fail(subject, str(error), "Check the address, the S3_ settings and the rights of the login there.")
    return ok(subject, seen)


def _refused(subject: str, what: Callable[[], object], refusal: type[Exception]) -> Finding:
    try:
        what()
    except refusal:
        return ok(subject, "refused, as it must be")
    except TROUBLE as error:
        return fail(subject, f"failed otherwise: {error}", "Check the rights of the login there.")
    return fail(subject, "was allowed", "The lock does not protect: take away s3:BypassGovernanceRetention, or use another store.")


def _same(read: bytes, written: bytes) -> None:
    if read != written:
        raise OSError("other bytes came back than were written")


def _large(store: Store, name: str) -> None:
    block, draft, written, read = os.urandom(1024 * 1024), store.draft(), hashlib.sha256(), hashlib.sha256()
    with draft.open("xb") as file:
        for _each in range(LARGE // len(block)):
            file.write(block)
            written.update(block)
    store.put_file(name, draft)
    for piece in store.read(name):
        read.update(piece)
    _same(read.digest(), written.digest())


def _if_free(store: Store, name: str) -> None:
    try:
        store.remove(name)
    except HeldByLock:
        return


def _has_retention(store: S3Store, name: str) -> None:
    lock = store.lock_of(name)
    if lock.mode != store.rule.mode or lock.until is None:
        raise LockNotKept(f"mode {lock.mode or 'none'}, until {lock.until}")
