"""The reader of JSON from strangers: what it takes, what it refuses, and that hostile pages cost little."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.seal.canonical import MAX_INTEGER, JsonError, parse_json

texts = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=20,
)
tricky = st.text(st.sampled_from('[]{}"\\ a:,'), max_size=30)


def depth_of(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


@settings(deadline=None)
@given(json_values, st.booleans())
def test_ordinary_json_is_read_as_the_standard_library_reads_it(value: object, escaped: bool) -> None:
    page = json.dumps(value, ensure_ascii=escaped).encode()
    assert parse_json(page) == json.loads(page)
    assert parse_json(page, duplicates="last") == json.loads(page)


@settings(deadline=None)
@given(st.recursive(tricky, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(tricky, inner, max_size=3), max_leaves=12))
def test_the_depth_limit_is_exact_whatever_brackets_quotes_and_backslashes_stand_in_strings(value: object) -> None:
    page = json.dumps(value).encode()
    depth = depth_of(value)
    assert parse_json(page, max_depth=depth) == value
    if depth:
        with pytest.raises(JsonError, match=f"nested deeper than the {depth - 1} levels"):
            parse_json(page, max_depth=depth - 1)


@pytest.mark.parametrize("page", [b"[" * 10_000 + b"]" * 10_000, b"[" * 10_000, b'{"a":' * 10_000, b'[{"a":' * 5_000, b'["\\"",' * 10_000])
@pytest.mark.parametrize("duplicates", ["refuse", "last"])
def test_ten_thousand_levels_are_a_clear_error(page: bytes, duplicates: str) -> None:
    with pytest.raises(JsonError, match="nested deeper than the 128 levels that are read"):
        parse_json(page, duplicates=duplicates)


def test_depth_is_counted_on_across_a_long_page() -> None:
    wide = b"[[[]]]," * 40_000
    half = b"[" * 70 + wide
    assert len(parse_json(half + b"0" + b"]" * 70, max_depth=74, duplicates="refuse")) == 1
    with pytest.raises(JsonError, match="nested deeper than the 128 levels"):
        parse_json(half + half + b"0" + b"]" * 140)


@settings(deadline=None)
@given(st.text(st.sampled_from('[]{}"\\a:,1 \n'), max_size=60))
def test_any_heap_of_brackets_and_quotes_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(JsonError):
            parse_json(text.encode(), max_depth=500)
    else:
        assert parse_json(text.encode(), max_depth=500, duplicates="last") == expected


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        parse_json(data)
    except JsonError as error:
        assert str(error)


def test_a_repeated_key_is_refused_or_the_last_one_counts_as_asked() -> None:
    page = b'{"users":[{"mfa":true,"mfa":false}]}'
    with pytest.raises(JsonError, match="names the key 'mfa' twice"):
        parse_json(page)
    assert parse_json(page, duplicates="last") == {"users": [{"mfa": False}]}


def test_a_key_repeated_through_an_escape_is_noticed() -> None:
    with pytest.raises(JsonError, match="names the key 'mfa' twice"):
        parse_json(b'{"mfa":true,"\\u006dfa":false}')


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (b"NaN", "NaN is not JSON"),
        (b"[Infinity]", "Infinity is not JSON"),
        (b"[-Infinity]", "-Infinity is not JSON"),
        (b"[1e999]", "the number 1e999 is too large for a double"),
        (b"1" * 5000, "an integer with more digits than are read"),
        (b'"\\ud800"', "half of a surrogate pair"),
        (b'{"\\udc00":1}', "half of a surrogate pair"),
        (b'"\xff"', "not UTF-8 at byte 1"),
        (b'"\xed\xa0\x80"', "not UTF-8 at byte 1"),
        ("[1]".encode("utf-16"), "not UTF-8 at byte 0"),
        (b"", "not JSON: Expecting value at line 1, column 1"),
        (b"[1,]", "not JSON: .* at line 1, column 4"),
        (b"[1] x", "not JSON: Extra data at line 1, column 5"),
        (b"{'a':1}", "not JSON"),
        (b'"a\nb"', "not JSON: Invalid control character"),
        (b"[01]", "not JSON"),
        (b"<html><body>Sign in</body></html>", "not JSON: Expecting value at line 1, column 1"),
        (b'{"a":1', "not JSON"),
    ],
)
def test_what_is_not_json_is_refused_with_its_reason(page: bytes, message: str) -> None:
    for duplicates in ("refuse", "last"):
        with pytest.raises(JsonError, match=message):
            parse_json(page, duplicates=duplicates)


def test_a_page_is_read_up_to_its_most_bytes_and_not_one_more() -> None:
    assert parse_json(b"[1234567]", 9) == [1234567]
    with pytest.raises(JsonError, match="9 bytes, more than the 8 that are read"):
        parse_json(b"[1234567]", 8)


def test_a_byte_order_mark_is_skipped_and_a_second_one_refused() -> None:
    assert parse_json(b"\xef\xbb\xbf[1]") == [1]
    with pytest.raises(JsonError):
        parse_json(b"\xef\xbb\xbf\xef\xbb\xbf[1]")


def test_integers_stay_exact_beyond_what_a_double_holds() -> None:
    assert parse_json(b"[9007199254740993,18446744073709551616]") == [MAX_INTEGER + 2, 2**64]


def test_escaped_pairs_of_surrogates_and_escaped_backslashes_before_u_are_read() -> None:
    assert parse_json(b'["\\ud83d\\ude00","\\\\ud800"]') == ["\U0001f600", "\\ud800"]


def test_a_depth_that_the_parser_cannot_promise_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="max_depth must be between 0 and 500"):
        parse_json(b"1", max_depth=501)


@pytest.mark.parametrize(
    "page",
    [b"[" * 30_000_000, b'"' + b'\\"' * 10_000_000, b'"' * 30_000_000, b"\\" * 30_000_000, b'["' + b"[" * 30_000_000, b"]" * 30_000_000],
    ids=["open brackets", "escaped quotes", "quotes", "backslashes", "brackets in an unfinished string", "closing brackets"],
)
def test_thirty_megabytes_made_to_hurt_are_refused_within_seconds(page: bytes) -> None:
    started = time.process_time()
    with pytest.raises(JsonError):
        parse_json(page)
    assert time.process_time() - started < 10
