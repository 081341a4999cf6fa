"""Sealing piece by piece: what comes out is what went in, and anything else than exactly what was sealed does not open."""

import uuid

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from compliance.vault.encryption import CannotDecrypt
from compliance.vault.streaming import PIECE, open_stream, pack, seal_stream, unpack

FERNHILL, BRACKWATER = uuid.UUID(int=1), uuid.UUID(int=2)
SEALED_PIECE = PIECE + 16
HEAD = 39


@pytest.fixture
def secret(settings):
    return settings.CONFIGURATION.secret_keys[0]


def sealed(secret, plain, organization=FERNHILL, purpose="blob"):
    return b"".join(seal_stream(organization, purpose, secret, [plain]))


def opened(data, organization=FERNHILL, purpose="blob", step=70_001):
    chunks = (data[start : start + step] for start in range(0, len(data), step))
    return b"".join(open_stream(organization, purpose, chunks))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 5])
def test_every_length_comes_back(secret, size):
    plain = bytes(range(251)) * (size // 251 + 1)
    assert opened(sealed(secret, plain[:size])) == plain[:size]


@given(st.lists(st.binary(max_size=40), max_size=12))
@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_how_it_is_cut_makes_no_difference(secret, chunks):
    data = b"".join(seal_stream(FERNHILL, "blob", secret, pack(iter(chunks))))
    assert b"".join(unpack(open_stream(FERNHILL, "blob", [data[:3], data[3:50], data[50:]]))) == b"".join(chunks)


@pytest.mark.parametrize(
    "plain", [b"all work and no play " * 60_000, bytes(600_000), bytes(range(16)), b""], ids=["long", "zeros", "short", "empty"]
)
def test_what_is_packed_is_unpacked(plain):
    assert b"".join(unpack(pack([plain[:1000], plain[1000:]]))) == plain


def test_text_is_packed_smaller_and_noise_stays_as_it_is(secret):
    noise = sealed(secret, bytes(PIECE))  # ciphertext
    assert len(b"".join(pack([b"all work and no play " * 60_000]))) < 60_000
    assert b"".join(pack([noise])) == b"\0" + noise


def pieces_of(data):
    return [data[start : start + SEALED_PIECE] for start in range(HEAD, len(data), SEALED_PIECE)]


TAMPERED = {
    "one bit of a piece flipped": lambda head, a, b, c: head + a[:100] + bytes([a[100] ^ 1]) + a[101:] + b + c,
    "two pieces swapped": lambda head, a, b, c: head + b + a + c,
    "the last piece cut off": lambda head, a, b, c: head + a + b,
    "a piece in the middle dropped": lambda head, a, b, c: head + a + c,
    "a piece repeated": lambda head, a, b, c: head + a + a + b + c,
    "the end cut within a piece": lambda head, a, b, c: head + a + b + c[:-1],
    "something put behind the end": lambda head, a, b, c: head + a + b + c + b"\0",
    "the salt changed": lambda head, a, b, c: head[:-1] + bytes([head[-1] ^ 1]) + a + b + c,
    "nothing but the head left": lambda head, a, b, c: head,
    "not even the head": lambda head, a, b, c: head[:20],
    "empty": lambda head, a, b, c: b"",
    "another beginning": lambda head, a, b, c: b"XXX" + head[3:] + a + b + c,
}


@pytest.mark.parametrize("how", TAMPERED)
def test_it_does_not_open_with(secret, how):
    data = sealed(secret, bytes(2 * PIECE + 100))
    first, second, third = pieces_of(data)
    with pytest.raises(CannotDecrypt):
        opened(TAMPERED[how](data[:HEAD], first, second, third))


def test_a_piece_of_another_file_does_not_fit(secret):
    one, other = sealed(secret, bytes(2 * PIECE)), sealed(secret, bytes(2 * PIECE))
    with pytest.raises(CannotDecrypt):
        opened(one[: HEAD + SEALED_PIECE] + other[HEAD + SEALED_PIECE :])


def test_neither_another_organization_nor_another_purpose_opens_it(secret):
    data = sealed(secret, b"evidence")
    with pytest.raises(CannotDecrypt):
        opened(data, organization=BRACKWATER)
    with pytest.raises(CannotDecrypt):
        opened(data, purpose="credential")


def test_a_key_that_is_not_configured_is_named_as_the_reason():
    with pytest.raises(CannotDecrypt, match="no key in SECRET_KEYS"):
        opened(sealed("another key of forty characters 01234567", b"evidence"))


def test_what_was_given_before_a_broken_piece_is_genuine(secret):
    plain = bytes(PIECE) + b"x" * PIECE
    data = sealed(secret, plain)
    broken = data[:-1] + bytes([data[-1] ^ 1])
    given_out = []
    with pytest.raises(CannotDecrypt):
        given_out.extend(open_stream(FERNHILL, "blob", [broken]))
    assert b"".join(given_out) == plain[:PIECE]
