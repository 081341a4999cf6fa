"""SHA-256 in its three ways, and its one written form."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.seal.digest import CHUNK_BYTES, DigestError, digest_from_hex, sha256, sha256_hex, sha256_of_chunks, sha256_of_file

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_digest_of_abc_is_the_one_that_fips_180_prints() -> None:
    assert sha256_hex(b"abc") == sha256(b"abc").hex() == ABC


@settings(deadline=None)
@given(st.lists(st.binary(max_size=50), max_size=8))
def test_chunks_and_files_have_the_digest_of_their_whole(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    assert sha256_of_chunks(chunks) == sha256_of_file(io.BytesIO(whole)) == sha256(whole)


def test_a_file_longer_than_one_chunk_is_read_to_its_end_and_from_where_it_stands() -> None:
    file = io.BytesIO(b"skip" + b"x" * (2 * CHUNK_BYTES + 1))
    file.seek(4)
    assert sha256_of_file(file) == sha256(b"x" * (2 * CHUNK_BYTES + 1))


def test_a_written_digest_reads_back() -> None:
    assert digest_from_hex(ABC) == sha256(b"abc")


@pytest.mark.parametrize("text", ["", ABC[:-1], ABC + "0", ABC.upper(), ABC[:-1] + "g", ABC + "\n", " " + ABC[1:], "٠" * 64])
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(DigestError, match="64 lower-case hexadecimal digits are needed"):
        digest_from_hex(text)
