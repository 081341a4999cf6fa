"""Blobs moved from a folder to a bucket and back: every one verified, stopped and started again, nothing taken on trust."""

import dataclasses
import io
import secrets
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from compliance.tenancy.scope import scope
from compliance.vault.selectors.blobs import read_blob
from compliance.vault.services.blobs import _keep_blobs, digest_of, store_bytes
from compliance.vault.services.streams import store_file
from compliance.vault.store import blob_name, store_at
from tests.vault.s3server import LOGIN, bucket_client, s3_server

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, REPORT = b'{"users": ["ada"]}', b"Penetration test\n" * 40_000


@pytest.fixture(scope="module")
def server():
    with s3_server() as url:
        yield url


@pytest.fixture
def addresses(server, settings, tmp_path):
    """A folder that is used now, and a bucket beside it."""
    settings.CONFIGURATION = dataclasses.replace(
        settings.CONFIGURATION, blob_store_url=(tmp_path / "blobs").as_uri(), s3_endpoint_url=server, s3_region="us-east-1",
        s3_access_key_id=LOGIN["aws_access_key_id"], s3_secret_access_key=LOGIN["aws_secret_access_key"],
    )  # fmt: skip
    bucket = f"fernhill-{secrets.token_hex(6)}"
    bucket_client(server).create_bucket(Bucket=bucket)
    yield settings.CONFIGURATION.blob_store_url, f"s3://{bucket}/evidence"
    store_at.cache_clear()


@pytest.fixture
def kept(fernhill, brackwater, arrange, addresses):
    """A page and a report of Fernhill, a page of Brackwater."""
    with scope(fernhill.pk):
        sizes = store_bytes({digest_of(PAGE): PAGE})
        stored = store_file(io.BytesIO(REPORT), limit=10**7)
    with arrange(fernhill):
        _keep_blobs(sizes | {stored.digest: stored.size}, "application/octet-stream")
    with scope(brackwater.pk):
        sizes = store_bytes({digest_of(PAGE): PAGE})
    with arrange(brackwater):
        _keep_blobs(sizes, "application/octet-stream")
    return fernhill, brackwater


def move(source, target):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("move_store", source, target, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}"
    return out.getvalue(), ""


def test_there_and_back_with_every_blob_verified(kept, addresses, settings, tmp_path):
    folder, bucket = addresses
    said, wrong = move(folder, bucket)
    assert not wrong and "brackwater: 1 copied" in said and "fernhill: 2 copied, 0 were there already" in said
    assert len(list(store_at(bucket).names())) == 3
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, blob_store_url=bucket)
    with scope(kept[0].pk):
        assert (read_blob(digest_of(PAGE)), read_blob(digest_of(REPORT))) == (PAGE, REPORT)
    back = (tmp_path / "back").as_uri()
    assert "fernhill: 2 copied" in move(bucket, back)[0]
    assert sorted(store_at(back).names()) == sorted(store_at(folder).names()) == sorted(store_at(bucket).names())
    assert all(store_at(back).get(name) == store_at(folder).get(name) for name in store_at(folder).names())


def test_started_again_it_copies_only_what_is_missing(kept, addresses):
    folder, bucket = addresses
    move(folder, bucket)
    store_at(bucket).remove(blob_name(kept[0].pk, bytes.fromhex(digest_of(REPORT))))
    said, wrong = move(folder, bucket)
    assert not wrong and "fernhill: 1 copied, 1 were there already" in said and "brackwater: 0 copied" in said


def test_a_byte_that_changed_on_the_way_is_named(kept, addresses):
    folder, bucket = addresses
    move(folder, bucket)
    name = blob_name(kept[0].pk, bytes.fromhex(digest_of(PAGE)))
    data = bytearray(store_at(bucket).get(name))
    data[-1] ^= 1
    store_at(bucket).replace(name, bytes(data))
    said, wrong = move(folder, bucket)
    assert f"fernhill: {digest_of(PAGE)} is not whole in the target" in wrong and "Leave BLOB_STORE_URL as it is." in wrong
    assert "Everything is in the target" not in said


def test_a_blob_that_the_source_lost_is_named_and_the_others_are_copied(kept, addresses):
    folder, bucket = addresses
    store_at(folder).remove(blob_name(kept[0].pk, bytes.fromhex(digest_of(PAGE))))
    said, wrong = move(folder, bucket)
    assert "fernhill: 1 copied" in said and f"fernhill: {digest_of(PAGE)} is in neither store" in wrong


def test_what_was_written_to_the_target_meanwhile_stays(kept, addresses):
    folder, bucket = addresses
    move(folder, bucket)
    name = blob_name(kept[0].pk, bytes.fromhex(digest_of(PAGE)))
    store_at(folder).remove(name)
    assert move(folder, bucket)[1] == "" and store_at(bucket).size(name)


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("file:///srv/a", "file:///srv/a/", "name the same place"),
        ("file:///srv/a", "gs://bucket", "wrong kind of address"),
        ("blobs", "s3://bucket", "wrong kind of address"),
    ],
)
def test_addresses_that_cannot_be_meant_are_refused(addresses, source, target, said):
    assert said in move(source, target)[1]


def checked(url, *more):
    out = io.StringIO()
    try:
        call_command("store_check", "--url", url, *more, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_the_check_of_a_folder_leaves_nothing_behind(addresses):
    said, wrong = checked(addresses[0])
    assert not wrong and "the same bytes read back" in said and "read back the same" in said
    assert not list(store_at(addresses[0]).names())


def test_the_check_of_a_bucket_without_versions_says_so(addresses):
    said, wrong = checked(addresses[1], "--quick")
    assert not wrong and "warn  versions" in said and "warn  lock" in said and "ok    remove" in said
    assert not list(store_at(addresses[1]).names())


def test_the_check_of_a_locked_bucket_tries_what_the_lock_forbids(addresses, server):
    bucket = f"fernhill-{secrets.token_hex(6)}"
    bucket_client(server).create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    said, wrong = checked(f"s3://{bucket}/evidence?lock=compliance&retain_days=2555", "--quick")
    for line in (
        "ok    retention",
        "ok    refusal, ours",
        "ok    refusal, bucket's",
        "ok    shortening, ours",
        "ok    hold refuses",
        "ok    hold lifted",
    ):
        assert line in said, said
    assert "warn  left behind" in said and len(list(store_at(f"s3://{bucket}/evidence").names())) == 1
    # This server lets retention be shortened, which no lock may: the check finds it and fails.
    assert "fail  shortening, bucket's was allowed" in said and "failed 1 of what it was asked" in wrong


def test_the_check_fails_where_a_lock_is_asked_of_a_bucket_that_has_none(addresses):
    said, wrong = checked(f"{addresses[1]}?lock=governance&retain_days=10", "--quick")
    assert "FAIL" in said.upper() and "the bucket has no Object Lock" in said and "Do not keep evidence there" in wrong


def test_the_check_fails_on_a_place_that_cannot_be_written(tmp_path, settings):
    path = tmp_path / "file"
    path.write_text("no folder")
    said, wrong = checked(Path(path).as_uri(), "--quick")
    assert "fail  write" in said and wrong
