"""Large files in the vault: stored encrypted without being held in memory, read back verified, small pages beside them as before."""

import hashlib
import io
import itertools
import resource
from pathlib import Path

import pytest

from compliance.tenancy.scope import scope
from compliance.vault.encryption import CannotDecrypt, encrypt
from compliance.vault.models import Blob
from compliance.vault.selectors.blobs import BlobAltered, UnknownBlob, open_blob, read_blob
from compliance.vault.services.blobs import _keep_blobs, digest_of, store_bytes
from compliance.vault.services.streams import TooLarge, store_file
from compliance.vault.store import BlobMissing, blob_name, open_store
from compliance.vault.streaming import PIECE

pytestmark = pytest.mark.django_db(transaction=True)
NOTES = b"Access of Q3 was reviewed by Tom Okafor.\n" * 20_000


def keep(arrange, organization, data):
    with scope(organization.pk):
        stored = store_file(io.BytesIO(data), limit=10_000_000)
    with arrange(organization):
        _keep_blobs({stored.digest: stored.size}, "text/plain")
    return stored


def path_of(organization, digest) -> Path:
    return open_store().folder / blob_name(organization.pk, bytes.fromhex(digest))


def drafts() -> list[Path]:
    folder = open_store().folder / ".drafts"
    return list(folder.iterdir()) if folder.exists() else []


def test_a_file_comes_back_as_it_was_and_lies_encrypted(fernhill, arrange):
    stored = keep(arrange, fernhill, NOTES)
    assert (stored.digest, stored.size) == (hashlib.sha256(NOTES).hexdigest(), len(NOTES))
    with scope(fernhill.pk):
        pieces = list(open_blob(stored.digest))
        assert b"".join(pieces) == NOTES == read_blob(stored.digest)
        assert max(map(len, pieces)) <= PIECE
        assert Blob.objects.get().size == len(NOTES)
    lying = path_of(fernhill, stored.digest).read_bytes()
    assert lying.startswith(b"PL2") and b"Tom Okafor" not in lying
    assert len(lying) < len(NOTES) / 10, "text is compressed before it is encrypted"
    assert not drafts()


def test_an_empty_file_is_a_file(fernhill, arrange):
    stored = keep(arrange, fernhill, b"")
    with scope(fernhill.pk):
        assert read_blob(stored.digest) == b""


def test_a_page_stored_whole_before_files_came_in_pieces_still_opens(fernhill, arrange):
    page = b'{"users": []}'
    with scope(fernhill.pk):
        sizes = store_bytes({digest_of(page): page})
    with arrange(fernhill):
        _keep_blobs(sizes, "application/json")
    assert path_of(fernhill, digest_of(page)).read_bytes().startswith(b"PL1")
    with scope(fernhill.pk):
        assert b"".join(open_blob(digest_of(page))) == page
        again = store_file(io.BytesIO(page), limit=100)
        assert again.digest == digest_of(page)
    assert path_of(fernhill, digest_of(page)).read_bytes().startswith(b"PL1"), "what is kept already is not written again"
    assert not drafts()


def test_one_byte_over_the_limit_is_refused_and_nothing_is_kept(fernhill):
    with scope(fernhill.pk):
        assert store_file(io.BytesIO(bytes(1000)), limit=1000).size == 1000
        with pytest.raises(TooLarge, match="more than 999 bytes; nothing of it was kept"):
            store_file(io.BytesIO(b"x" * 1000), limit=999)
    assert not path_of(fernhill, hashlib.sha256(b"x" * 1000).hexdigest()).exists()
    assert not drafts()


def test_an_upload_that_breaks_off_leaves_nothing(fernhill):
    class Broken(io.RawIOBase):
        def read(self, size=-1):
            raise ConnectionResetError("the browser went away")

    with scope(fernhill.pk), pytest.raises(ConnectionResetError):
        store_file(Broken(), limit=100)
    assert not drafts()


def test_another_organization_does_not_find_it(fernhill, brackwater, arrange):
    stored = keep(arrange, fernhill, NOTES)
    with scope(brackwater.pk), pytest.raises(UnknownBlob):
        open_blob(stored.digest)


def test_a_flipped_byte_is_noticed_before_the_end(fernhill, arrange):
    stored = keep(arrange, fernhill, NOTES)
    path = path_of(fernhill, stored.digest)
    data = bytearray(path.read_bytes())
    data[-30] ^= 1
    path.write_bytes(data)
    with scope(fernhill.pk), pytest.raises(CannotDecrypt):
        list(open_blob(stored.digest))


def test_other_bytes_sealed_with_the_right_key_under_that_name_are_noticed(fernhill, arrange):
    stored, other = keep(arrange, fernhill, NOTES), keep(arrange, fernhill, b"others")
    path_of(fernhill, stored.digest).write_bytes(path_of(fernhill, other.digest).read_bytes())
    with scope(fernhill.pk), pytest.raises(BlobAltered):
        read_blob(stored.digest)


def test_bytes_that_are_no_sealed_bytes_at_all_are_noticed(fernhill, arrange):
    stored = keep(arrange, fernhill, NOTES)
    for junk in (b"", b"PL", b"hello", encrypt(fernhill.pk, "log key", NOTES)):
        path_of(fernhill, stored.digest).write_bytes(junk)
        with scope(fernhill.pk), pytest.raises(CannotDecrypt):
            read_blob(stored.digest)


def test_a_file_that_the_store_lost_is_named_at_once(fernhill, arrange):
    stored = keep(arrange, fernhill, NOTES)
    path_of(fernhill, stored.digest).unlink()
    with scope(fernhill.pk), pytest.raises(BlobMissing):
        open_blob(stored.digest)


class Generated(io.RawIOBase):
    """A file of that size which exists nowhere: noise that repeats every 64 MB, so that it neither compresses nor costs memory."""

    def __init__(self, size, block):
        self.left, self.blocks = size, itertools.cycle([block])

    def read(self, size=-1):
        piece = next(self.blocks)[: min(self.left, size)]
        self.left -= len(piece)
        return piece


@pytest.mark.slow
def test_three_hundred_megabytes_pass_in_constant_memory(fernhill, arrange):
    size = 300 * 1024 * 1024
    block = hashlib.shake_256(b"noise").digest(1024 * 1024)
    with scope(fernhill.pk):
        store_file(Generated(4 * 1024 * 1024, block), limit=size)  # what Python needs once is not counted
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        stored = store_file(Generated(size, block), limit=size)
        with pytest.raises(TooLarge):
            store_file(Generated(size + 1, block), limit=size)
    with arrange(fernhill):
        _keep_blobs({stored.digest: stored.size}, "application/octet-stream")
    sha = hashlib.sha256()
    with scope(fernhill.pk):
        for piece in open_blob(stored.digest):
            sha.update(piece)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert (stored.size, sha.hexdigest()) == (size, stored.digest)
    assert grown < 32 * 1024, f"{grown} KiB more at the peak"
    path_of(fernhill, stored.digest).unlink()
