"""RFC 8785 by the strict writer, and the fast path of facts against it."""

import json
import shutil
import struct
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.seal.canonical import MAX_DEPTH, MAX_INTEGER, CanonicalError, canonical_bytes, es6_number, fact_bytes

VECTORS = json.loads((Path(__file__).parent / "vectors" / "rfc8785.json").read_text("utf-8"))

texts = st.text(st.characters(exclude_categories=["Cs"]))
integers = st.integers(-MAX_INTEGER, MAX_INTEGER)
json_values = st.recursive(
    st.none() | st.booleans() | integers | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=20,
)
ascii_keys = st.text(st.characters(max_codepoint=127), max_size=12)
facts = st.dictionaries(
    ascii_keys,
    st.recursive(
        st.none() | st.booleans() | integers | texts,
        lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(ascii_keys, inner, max_size=4),
        max_leaves=15,
    ),
    max_size=8,
)


def double(bits: str) -> float:
    return struct.unpack(">d", bytes.fromhex(bits))[0]


def as_doubles(value: object) -> object:
    """Every number as the double that RFC 8785 means by it: 1.0 is written 1, and reads back as an integer in Python."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, list):
        return [as_doubles(item) for item in value]
    if isinstance(value, dict):
        return {key: as_doubles(item) for key, item in value.items()}
    return value


@pytest.mark.parametrize(("bits", "text"), VECTORS["numbers"])
def test_a_double_is_written_as_the_rfc_prints_it(bits: str, text: str) -> None:
    assert canonical_bytes(double(bits)) == text.encode()


@pytest.mark.parametrize("bits", VECTORS["refused_numbers"])
def test_a_double_that_is_no_number_is_refused(bits: str) -> None:
    with pytest.raises(CanonicalError, match="NaN and infinities are not JSON"):
        canonical_bytes([double(bits)])


@pytest.mark.parametrize("document", VECTORS["documents"], ids=lambda document: document["name"])
def test_a_document_is_written_as_the_rfc_prints_it(document: dict[str, str]) -> None:
    assert canonical_bytes(json.loads(document["input"])).decode("utf-8") == document["output"]


def test_keys_stand_in_utf16_order_which_is_not_the_order_of_code_points() -> None:
    keys = ["\ufb33", "\U0001f600"]
    assert sorted(keys) == keys
    assert canonical_bytes(dict.fromkeys(keys, 1)) == '{"\U0001f600":1,"\ufb33":1}'.encode()


@settings(deadline=None)
@given(json_values)
def test_what_was_written_reads_back_as_the_same_value_and_is_written_the_same_again(value: object) -> None:
    written = canonical_bytes(value)
    read = json.loads(written, parse_int=float)
    assert read == as_doubles(value)
    assert canonical_bytes(read) == written


@settings(deadline=None)
@given(st.dictionaries(texts, integers, min_size=2, max_size=6))
def test_the_order_in_which_keys_were_put_in_does_not_matter(value: dict[str, int]) -> None:
    assert canonical_bytes(dict(reversed(value.items()))) == canonical_bytes(value)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_double_reads_back_exactly(number: float) -> None:
    assert float(es6_number(number)) == number


@pytest.mark.skipif(not shutil.which("node"), reason="no node on this machine: doubles are not compared with a JavaScript engine")
def test_doubles_are_written_as_a_javascript_engine_writes_them() -> None:
    bits = [((i * 0x9E3779B97F4A7C15) ^ (i << 52)) % 2**64 for i in range(20_000)]
    doubles = [struct.unpack(">d", struct.pack(">Q", pattern))[0] for pattern in bits]
    finite = [number for number in doubles if number - number == 0] + [10.0**power for power in range(-30, 40)]
    script = "const d=require('fs').readFileSync(0);for(let i=0;i<d.length;i+=8)console.log(JSON.stringify(d.readDoubleBE(i)))"
    data = b"".join(struct.pack(">d", number) for number in finite)
    answer = subprocess.run(["node", "-e", script], input=data, capture_output=True, check=True, timeout=60)
    assert [es6_number(number) for number in finite] == answer.stdout.decode().split()


@pytest.mark.parametrize("number", [MAX_INTEGER, -MAX_INTEGER, 0, -1])
def test_integers_that_every_reader_keeps_are_written_plainly(number: int) -> None:
    assert canonical_bytes(number) == fact_bytes({"n": number})[5:-1] == str(number).encode()


@pytest.mark.parametrize("number", [MAX_INTEGER + 1, -MAX_INTEGER - 1, 10**400])
def test_larger_integers_are_refused_by_both_writers(number: int) -> None:
    with pytest.raises(CanonicalError, match="write it as text"):
        canonical_bytes({"n": number})
    with pytest.raises(CanonicalError, match="cannot be written"):
        fact_bytes({"n": number})


@pytest.mark.parametrize("value", ["\ud800", "a\udfff", {"\udc00": 1}, {"a": ["\ud83d"]}])
def test_lone_surrogates_are_refused_by_both_writers(value: object) -> None:
    with pytest.raises(CanonicalError, match="lone surrogate"):
        canonical_bytes(value)
    with pytest.raises(CanonicalError):
        fact_bytes({"v": value})


@pytest.mark.parametrize("value", [{1: "a"}, {None: "a"}, {b"a": "a"}, {("a",): 1}])
def test_keys_that_are_no_strings_are_refused_by_both_writers(value: dict) -> None:
    with pytest.raises(CanonicalError, match="keys must be strings"):
        canonical_bytes(value)
    with pytest.raises(CanonicalError, match="cannot be written"):
        fact_bytes(value)


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object(), datetime(2026, 3, 31, tzinfo=UTC), 1j])
def test_values_that_are_not_json_are_refused_by_both_writers(value: object) -> None:
    with pytest.raises(CanonicalError, match="is not JSON"):
        canonical_bytes(value)
    with pytest.raises(CanonicalError, match="cannot be written"):
        fact_bytes({"v": value})


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_nesting_is_written_up_to_the_stated_depth_and_refused_beyond() -> None:
    assert canonical_bytes(nested(MAX_DEPTH)) == b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    for depth in (MAX_DEPTH + 1, 100_000):
        with pytest.raises(CanonicalError, match="nested deeper than 128 levels"):
            canonical_bytes(nested(depth))


def test_a_value_that_contains_itself_is_refused() -> None:
    value: dict = {}
    value["self"] = [value]
    with pytest.raises(CanonicalError, match="contains itself"):
        canonical_bytes(value)


def test_an_error_points_at_the_part_at_fault() -> None:
    with pytest.raises(CanonicalError) as caught:
        canonical_bytes({"users": [{"login": "priya"}, {"a/b~c": float("nan")}]})
    assert caught.value.pointer == "/users/1/a~1b~0c"
    assert str(caught.value) == "NaN and infinities are not JSON: leave the value out or use null (at /users/1/a~1b~0c)"


@settings(deadline=None)
@given(facts)
def test_the_fast_path_of_facts_equals_the_strict_path(fact: dict) -> None:
    assert fact_bytes(fact) == canonical_bytes(fact)


@settings(deadline=None)
@given(st.dictionaries(texts, texts | integers, max_size=6))
def test_the_fast_path_equals_the_strict_path_for_keys_of_any_script_too(fact: dict) -> None:
    assert fact_bytes(fact) == canonical_bytes(fact)


def test_the_fast_path_orders_keys_beyond_the_basic_plane_as_the_strict_path_does() -> None:
    assert fact_bytes({"\ufb33": 1, "\U0001f600": [{"\uffff": 1, "\U00010000": 2}]}) == (
        '{"\U0001f600":[{"\U00010000":2,"\uffff":1}],"\ufb33":1}'.encode()
    )
