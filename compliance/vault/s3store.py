"""Blobs on an S3-compatible store, with Object Lock where the address asks for it.

`s3://bucket/prefix?lock=governance&retain_days=2555`: every object is written with that retention, which is read back and compared before
the write counts. `lock=compliance` cannot be shortened by anybody, the provider included. Without `lock`, a default retention of the
bucket applies by itself. What a lock forbids is refused here before the store is asked: S3-compatible stores differ in what they enforce,
and a login with the right to bypass governance must not do so by accident.
"""

import secrets
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from django.conf import settings

from compliance.vault.lock import Lock, LockRule, WrongLock
from compliance.vault.store import READ, BlobMissing, HeldByLock

ABSENT = ("NoSuchKey", "404", "NotFound", "NoSuchVersion")
PART = 64 * 1024 * 1024
CLOCK_TOLERANCE = timedelta(minutes=5)


class LockNotKept(RuntimeError):
    """The store took the object but not its retention: evidence there could be removed before its time."""


class S3Store:
    """One bucket, one prefix."""

    def __init__(self, *, bucket: str, prefix: str, query: str = "") -> None:
        configuration = settings.CONFIGURATION
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.rule = LockRule.from_query(query)
        self.client = boto3.client(
            "s3",
            endpoint_url=configuration.s3_endpoint_url,
            region_name=configuration.s3_region,
            aws_access_key_id=configuration.s3_access_key_id,
            aws_secret_access_key=configuration.s3_secret_access_key,
        )

    def put(self, name: str, data: bytes) -> None:
        """See Store. With its SHA-256 (`x-amz-checksum-sha256`), which the store compares and keeps."""
        if self.size(name) is None:
            self.replace(name, data)

    def put_file(self, name: str, path: Path) -> None:
        """See Store. In parts of 64 MB, each with its SHA-256."""
        if self.size(name) is None:
            self.replace_file(name, path)
        else:
            path.unlink(missing_ok=True)

    def replace(self, name: str, data: bytes) -> None:
        """A new version, where the bucket keeps versions: the old one stays under the old key until its retention ends."""
        lock = self._lock_now()
        self.client.put_object(**self.key(name), Body=data, ChecksumAlgorithm="SHA256", **lock)
        self._confirm(name, lock)

    def replace_file(self, name: str, path: Path) -> None:
        """See Store, and `replace`."""
        lock = self._lock_now()
        self.client.upload_file(
            str(path), self.bucket, self.prefix + name, ExtraArgs={"ChecksumAlgorithm": "SHA256"} | lock,
            Config=TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=2),
        )  # fmt: skip
        self._confirm(name, lock)
        path.unlink(missing_ok=True)

    def get(self, name: str) -> bytes:
        """See Store; the checksum kept beside the object is compared where there is one of the whole object."""
        return self._open(name, ChecksumMode="ENABLED")["Body"].read()

    def read(self, name: str) -> Iterator[bytes]:
        """See Store."""
        return self._open(name)["Body"].iter_chunks(READ)

    def head(self, name: str, number: int) -> bytes:
        """See Store."""
        return self._open(name, Range=f"bytes=0-{number - 1}")["Body"].read()

    def size(self, name: str) -> int | None:
        """See Store."""
        found = self._described(name)
        return None if found is None else found["ContentLength"]

    def names(self, prefix: str = "") -> Iterator[str]:
        """See Store."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix + prefix)
        for page in pages:
            for each in page.get("Contents", ()):
                yield each["Key"].removeprefix(self.prefix)

    def may_remove(self, name: str) -> None:
        """See Store: asked of every version."""
        now = datetime.now(UTC)
        for version in self.versions(name):
            lock = self.lock_of(name, version)
            if lock.binds(now):
                raise HeldByLock(_why(name, lock))

    def remove(self, name: str) -> None:
        """See Store: with every former version, and never with the right to bypass governance. All or none are removed."""
        self.may_remove(name)
        for version in self.versions(name, markers=True):
            self.client.delete_object(**self.key(name), **({"VersionId": version} if version else {}))

    def draft(self) -> Path:
        """See Store: on the local disk, encrypted already."""
        folder = Path(tempfile.gettempdir()) / "plumbline-drafts"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / secrets.token_hex(12)

    def lock_of(self, name: str, version: str = "") -> Lock:
        """What holds the object, or one version of it. Raises BlobMissing."""
        found = self._described(name, **({"VersionId": version} if version else {}))
        if found is None:
            raise BlobMissing(name)
        return Lock(
            found.get("ObjectLockMode", ""), found.get("ObjectLockRetainUntilDate"), found.get("ObjectLockLegalHoldStatus", "OFF") == "ON"
        )

    def retain(self, name: str, until: datetime) -> None:
        """Keep the object at least so long. Raises HeldByLock where that would shorten what binds it, WrongLock without `lock`,
        LockNotKept where the store does not say so afterwards."""
        if not self.rule.mode:
            raise WrongLock("Retention needs lock=governance or lock=compliance in BLOB_STORE_URL.")
        lock = self.lock_of(name)
        if lock.until is not None and until < lock.until:
            raise HeldByLock(f"{name} is kept until {lock.until:%Y-%m-%d}; retention is made longer, never shorter.")
        self.client.put_object_retention(**self.key(name), Retention={"Mode": self.rule.mode, "RetainUntilDate": until})
        self._confirm(name, {"ObjectLockMode": self.rule.mode, "ObjectLockRetainUntilDate": until})

    def hold(self, name: str, on: bool) -> None:
        """Put a legal hold on the object, or lift it; read back. Raises LockNotKept."""
        self.client.put_object_legal_hold(**self.key(name), LegalHold={"Status": "ON" if on else "OFF"})
        if self.lock_of(name).held is not on:
            raise LockNotKept(f"The legal hold of {name} was not taken; the bucket needs Object Lock.")

    def keeps_versions(self) -> bool:
        """Whether the bucket keeps former versions."""
        return self.client.get_bucket_versioning(Bucket=self.bucket).get("Status") == "Enabled"

    def locks_objects(self) -> bool:
        """Whether the bucket was made with Object Lock."""
        try:
            found = self.client.get_object_lock_configuration(Bucket=self.bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ObjectLockConfigurationNotFoundError":
                return False
            raise
        return found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled"

    def key(self, name: str) -> dict[str, str]:
        """How boto3 wants an object named."""
        return {"Bucket": self.bucket, "Key": self.prefix + name}

    def _lock_now(self) -> dict[str, Any]:
        if not self.rule.mode:
            return {}
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=self.rule.days)
        return {"ObjectLockMode": self.rule.mode, "ObjectLockRetainUntilDate": until}

    def _confirm(self, name: str, asked: dict[str, Any]) -> None:
        """Read back what was asked for. Raises LockNotKept."""
        if not asked:
            return
        lock = self.lock_of(name)
        long_enough = lock.until is not None and lock.until >= asked["ObjectLockRetainUntilDate"] - CLOCK_TOLERANCE
        if lock.mode != asked["ObjectLockMode"] or not long_enough:
            raise LockNotKept(
                f"{name} was written, but the bucket does not keep it until {asked['ObjectLockRetainUntilDate']:%Y-%m-%d} in mode "
                f"{asked['ObjectLockMode']}: make a bucket with Object Lock, and give the login s3:GetObjectRetention."
            )

    def versions(self, name: str, *, markers: bool = False) -> list[str]:
        """Ids of all versions of the object, with `markers` also of its marks of deletion; one empty id where the bucket has never kept
        versions, since not every store understands the id `null` there."""
        key, found = self.prefix + name, []
        unversioned = not self.keeps_versions()
        for page in self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=key):
            for each in [*page.get("Versions", ()), *(page.get("DeleteMarkers", ()) if markers else ())]:
                if each["Key"] == key:
                    found.append("" if unversioned and each["VersionId"] == "null" else each["VersionId"])
        return found

    def _described(self, name: str, **more: Any) -> dict[str, Any] | None:
        try:
            return self.client.head_object(**self.key(name), **more)
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                return None
            raise

    def _open(self, name: str, **more: Any) -> dict[str, Any]:
        try:
            return self.client.get_object(**self.key(name), **more)
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                raise BlobMissing(name) from error
            raise


def _why(name: str, lock: Lock) -> str:
    if lock.held:
        return f"{name} is under a legal hold of the store: lift it first."
    return f"{name} is locked in mode {lock.mode} until {lock.until:%Y-%m-%d %H:%M} UTC: it can be removed after that."
