"""The S3 store over HTTP: checksums, parts, versions, Object Lock read back, and the refusal of what a lock forbids."""

import base64
import dataclasses
import hashlib
import io
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from compliance.tenancy.scope import scope
from compliance.vault.lock import Lock
from compliance.vault.s3store import LockNotKept, S3Store
from compliance.vault.selectors.blobs import read_blob
from compliance.vault.services.blobs import _keep_blobs
from compliance.vault.services.streams import store_file
from compliance.vault.store import BlobMissing, HeldByLock, blob_name, store_at
from tests.vault.s3server import LOGIN, bucket_client, s3_server

LOCKED = "lock=governance&retain_days=30"


@pytest.fixture(scope="module")
def server():
    with s3_server() as url:
        yield url


@pytest.fixture
def configured(server, settings):
    settings.CONFIGURATION = dataclasses.replace(
        settings.CONFIGURATION, s3_endpoint_url=server, s3_region="us-east-1",
        s3_access_key_id=LOGIN["aws_access_key_id"], s3_secret_access_key=LOGIN["aws_secret_access_key"],
    )  # fmt: skip
    yield settings
    store_at.cache_clear()


@pytest.fixture
def outside(server):
    return bucket_client(server)


@pytest.fixture
def opened(configured, outside):
    """`opened("lock=…", versions=True, locking=True)`: a store on a new bucket."""

    def make(query="", *, versions=False, locking=False):
        bucket = f"fernhill-{secrets.token_hex(6)}"
        outside.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=locking)
        if versions:
            outside.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        return S3Store(bucket=bucket, prefix="plumbline/evidence", query=query)

    return make


def written(store, data=b"sealed", name="a/b/c"):
    path = store.draft()
    path.write_bytes(data)
    store.put_file(name, path)
    assert not path.exists()


def test_bytes_come_back_whole_in_pieces_and_from_the_front(opened):
    store = opened()
    store.put("a/b/c", b"sealed bytes")
    assert store.get("a/b/c") == b"".join(store.read("a/b/c")) == b"sealed bytes"
    assert (store.head("a/b/c", 6), store.size("a/b/c"), store.size("a/b/d")) == (b"sealed", 12, None)
    assert list(store.names()) == list(store.names("a/b/")) == ["a/b/c"] and not list(store.names("z"))
    for read in (store.get, store.read, lambda name: store.head(name, 3)):
        with pytest.raises(BlobMissing):
            read("a/b/d")


def test_the_checksum_is_kept_beside_the_object(opened, outside):
    store = opened()
    store.put("a/b/c", b"sealed")
    kept = outside.head_object(Bucket=store.bucket, Key="plumbline/evidence/a/b/c", ChecksumMode="ENABLED")
    assert kept["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(b"sealed").digest()).decode()


def test_what_is_there_is_not_written_again(opened, outside):
    store = opened(versions=True)
    store.put("a/b/c", b"first")
    store.put("a/b/c", b"second")
    written(store, b"third")
    assert store.get("a/b/c") == b"first"
    assert len(outside.list_object_versions(Bucket=store.bucket)["Versions"]) == 1
    assert store.keeps_versions() and not store.locks_objects()


def test_a_large_file_goes_in_parts(opened, outside, monkeypatch):
    monkeypatch.setattr("compliance.vault.s3store.PART", 5 * 1024 * 1024)  # the smallest part S3 takes
    store, data = opened(), secrets.token_bytes(12 * 1024 * 1024)
    written(store, data)
    assert outside.head_object(Bucket=store.bucket, Key="plumbline/evidence/a/b/c")["ETag"].strip('"').endswith("-3")
    assert hashlib.sha256(b"".join(store.read("a/b/c"))).digest() == hashlib.sha256(data).digest()


def test_removing_takes_every_version_with_it(opened, outside):
    store = opened(versions=True)
    store.put("a/b/c", b"under the old key")
    store.replace("a/b/c", b"under the new key")
    store.put("a/b/cd", b"another whose name begins so")
    outside.delete_object(Bucket=store.bucket, Key="plumbline/evidence/a/b/c")  # leaves a mark of deletion
    store.remove("a/b/c")
    left = outside.list_object_versions(Bucket=store.bucket)
    assert [each["Key"] for each in left["Versions"]] == ["plumbline/evidence/a/b/cd"] and not left.get("DeleteMarkers")
    store.remove("a/b/c")  # absent: no error


@pytest.mark.parametrize("mode", ["governance", "compliance"])
def test_a_locked_object_has_its_retention_and_is_not_removed(opened, outside, mode):
    store = opened(f"lock={mode}&retain_days=30", locking=True)
    written(store)
    lock = store.lock_of("a/b/c")
    assert lock.mode == mode.upper() and not lock.held
    assert abs(lock.until - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=1)
    for refuse in (store.may_remove, store.remove):
        with pytest.raises(HeldByLock, match=f"locked in mode {mode.upper()} until"):
            refuse("a/b/c")
    assert store.get("a/b/c") == b"sealed" and len(outside.list_object_versions(Bucket=store.bucket)["Versions"]) == 1


def test_an_old_version_that_is_still_locked_holds_all_of_it(opened, outside):
    store = opened(LOCKED, locking=True)
    store.put("a/b/c", b"old key")
    unlocked = S3Store(bucket=store.bucket, prefix="plumbline/evidence")
    unlocked.replace("a/b/c", b"new key")
    with pytest.raises(HeldByLock):
        unlocked.remove("a/b/c")
    assert len(outside.list_object_versions(Bucket=store.bucket)["Versions"]) == 2


def test_after_its_retention_it_can_be_removed():
    now = datetime.now(UTC)
    assert Lock("COMPLIANCE", now + timedelta(seconds=1), False).binds(now)
    assert not Lock("COMPLIANCE", now, False).binds(now)
    assert Lock("", None, True).binds(now)


def test_a_legal_hold_binds_until_it_is_lifted(opened):
    store = opened(locking=True)
    store.put("a/b/c", b"sealed")
    store.hold("a/b/c", True)
    with pytest.raises(HeldByLock, match="legal hold"):
        store.remove("a/b/c")
    store.hold("a/b/c", False)
    store.remove("a/b/c")
    assert store.size("a/b/c") is None


def test_retention_is_made_longer_never_shorter(opened):
    store = opened(LOCKED, locking=True)
    store.put("a/b/c", b"sealed")
    later = (datetime.now(UTC) + timedelta(days=60)).replace(microsecond=0)
    store.retain("a/b/c", later)
    assert store.lock_of("a/b/c").until == later
    with pytest.raises(HeldByLock, match="never shorter"):
        store.retain("a/b/c", later - timedelta(days=1))
    assert store.lock_of("a/b/c").until == later


def test_a_store_that_takes_the_object_and_not_its_retention_is_found_out(opened, monkeypatch):
    store = opened(LOCKED, locking=True)
    put = store.client.put_object
    monkeypatch.setattr(
        store.client, "put_object", lambda **given: put(**{k: v for k, v in given.items() if not k.startswith("ObjectLock")})
    )
    with pytest.raises(LockNotKept, match="make a bucket with Object Lock"):
        store.put("a/b/c", b"sealed")


@pytest.mark.django_db(transaction=True)
def test_a_file_of_an_organization_is_kept_on_s3_and_read_back_verified(fernhill, arrange, opened, configured):
    store = opened(versions=True)
    url = f"s3://{store.bucket}/plumbline/evidence"
    configured.CONFIGURATION = dataclasses.replace(configured.CONFIGURATION, blob_store_url=url)
    report = b"Penetration test\n" * 50_000
    with scope(fernhill.pk):
        stored = store_file(io.BytesIO(report), limit=10**7)
    with arrange(fernhill):
        _keep_blobs({stored.digest: stored.size}, "application/pdf")
    with scope(fernhill.pk):
        assert read_blob(stored.digest) == report
    assert list(store.names()) == [blob_name(fernhill.pk, bytes.fromhex(stored.digest))]
