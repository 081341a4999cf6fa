"""Leaves of the log: one spelling, an exact instant, and a payload that only its salt can open."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.seal.canonical import canonical_bytes
from compliance.seal.leaf import SALT_SIZE, Leaf, LeafError, new_salt, parse_leaf, payload_hash, utc_text

SALT = bytes(range(16))
PAYLOAD = b'{"login":"priya","mfa":true}'
NOON = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
LEAF = Leaf(kind="evidence.record", id="0195e2a0-7b1c-7000-8000-000000000001", time=NOON, hash=payload_hash(SALT, PAYLOAD))


def test_a_leaf_is_the_canonical_json_of_hash_id_kind_and_time() -> None:
    expected = (
        '{"hash":"' + sha256(SALT + PAYLOAD).hexdigest() + '",'
        '"id":"0195e2a0-7b1c-7000-8000-000000000001","kind":"evidence.record","time":"2026-03-31T12:00:00.000000Z"}'
    )
    assert LEAF.encode().decode() == expected
    assert parse_leaf(LEAF.encode()) == LEAF


@settings(deadline=None)
@given(
    st.from_regex(r"[a-z]{1,8}(\.[a-z_]{0,3}[a-z]){0,2}", fullmatch=True).filter(lambda kind: "._" not in kind),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.timezones()),  # noqa: DTZ001 - bounds, hypothesis adds the zone
    st.binary(min_size=32, max_size=32),
)
def test_every_leaf_reads_back_as_the_same_instant_and_equals_the_strict_canonical_form(
    kind: str, id: str, time: datetime, hash: bytes
) -> None:
    leaf = Leaf(kind, id, time, hash)
    assert leaf.encode() == canonical_bytes({"kind": kind, "id": id, "time": utc_text(time), "hash": hash.hex()})
    read = parse_leaf(leaf.encode())
    assert (read.kind, read.id, read.time, read.hash) == (kind, id, time.astimezone(UTC), hash)


def test_a_leaf_opens_for_its_payload_and_salt_only() -> None:
    assert LEAF.holds(SALT, PAYLOAD)
    assert not LEAF.holds(SALT, PAYLOAD + b" ")
    assert not LEAF.holds(SALT[::-1], PAYLOAD)


@pytest.mark.parametrize("salt", [b"", SALT[:-1], SALT + b"\0"])
def test_a_salt_of_another_length_is_refused_so_that_no_byte_can_move_into_the_payload(salt: bytes) -> None:
    with pytest.raises(LeafError, match="a salt has 16 bytes"):
        payload_hash(salt, PAYLOAD)


def test_new_salts_are_of_that_length_and_differ() -> None:
    assert {len(new_salt()) for _ in range(100)} == {SALT_SIZE}
    assert len({new_salt() for _ in range(100)}) == 100


def test_times_are_written_in_utc_with_six_decimals_whatever_their_zone() -> None:
    berlin_summer = timezone(timedelta(hours=2))
    assert utc_text(datetime(2026, 4, 1, 0, 0, tzinfo=berlin_summer)) == "2026-03-31T22:00:00.000000Z"
    assert utc_text(datetime(2026, 3, 31, 22, 0, 0, 7, tzinfo=UTC)) == "2026-03-31T22:00:00.000007Z"


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 3, 31, 12, 0)  # noqa: DTZ001 - the point of the test
    with pytest.raises(LeafError, match="without a zone is no instant"):
        utc_text(naive)
    with pytest.raises(LeafError, match="without a zone is no instant"):
        Leaf("evidence.record", "1", naive, LEAF.hash)


@pytest.mark.parametrize(
    "parts",
    [
        {"kind": ""},
        {"kind": "Evidence"},
        {"kind": "evidence."},
        {"kind": "evidence record"},
        {"kind": "evidence\n"},
        {"id": ""},
        {"id": "x" * 201},
        {"hash": b""},
        {"hash": bytes(31)},
    ],
)
def test_parts_of_another_form_are_refused(parts: dict) -> None:
    with pytest.raises(LeafError):
        Leaf(**{"kind": "evidence.record", "id": "1", "time": NOON, "hash": LEAF.hash} | parts)


def test_an_id_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(LeafError, match="cannot be written"):
        Leaf("evidence.record", "\ud800", NOON, LEAF.hash).encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'","id"', b'", "id"'),
        (b"}", b',"more":"x"}'),
        (b'"kind":"evidence.record",', b""),
        (b'"evidence.record"', b"7"),
        (b"evidence.record", b"\\u0065vidence.record"),
        (b".000000Z", b"Z"),
        (b".000000Z", b".000000+00:00"),
        (b"2026-03-31T", b"2026-03-32T"),
        (b"2026-03-31T", "٢٠٢٦-03-31T".encode()),
        (b'{"hash":"', b'{"hash":"A'),
        (b'"kind"', b'"id":"2","kind"'),
    ],
)
def test_any_other_spelling_of_a_leaf_is_refused(old: bytes, new: bytes) -> None:
    assert old in LEAF.encode()
    with pytest.raises(LeafError):
        parse_leaf(LEAF.encode().replace(old, new))


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"{}", b'"hash"', b"[" * 4000, b" " * 5000, LEAF.encode() + b"\n"])
def test_bytes_that_are_no_leaf_are_refused(data: bytes) -> None:
    with pytest.raises(LeafError):
        parse_leaf(data)
