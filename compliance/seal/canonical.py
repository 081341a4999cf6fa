"""One value, one sequence of bytes: strict RFC 8785 (JCS) writing, and a strict reader for JSON that strangers send.

What is hashed must be written the same way by everybody, for ever; what is read from a vendor must not be able to hurt the reader.
"""

import json
import re
from collections.abc import Mapping
from itertools import accumulate
from json.encoder import encode_basestring
from math import isfinite
from typing import Any, Literal

import orjson

MAX_DEPTH = 128
"""Deepest nesting of arrays and objects that is written or (unless the caller says otherwise) read; a flat list has depth 1."""

MAX_INTEGER = 2**53 - 1
"""Largest integer, either side of zero, that every JSON reader keeps exactly (RFC 7493 section 2.2, required by RFC 8785)."""

MAX_PAGE_BYTES = 32 * 1024 * 1024
"""Most bytes that `parse_json` reads unless the caller says otherwise."""

Duplicates = Literal["refuse", "last"]


class CanonicalError(ValueError):
    """The value has no canonical form. `pointer` is the JSON pointer (RFC 6901) to the part at fault."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self._path: list[str] = []

    def came_through(self, step: str | int) -> None:
        """Note, while the error travels outwards, under which key or index the faulty part lies."""
        self._path.append(str(step).replace("~", "~0").replace("/", "~1"))

    @property
    def pointer(self) -> str:
        """Where the faulty part lies, as a JSON pointer (RFC 6901); empty for the whole value."""
        return "".join("/" + step for step in reversed(self._path))

    def __str__(self) -> str:
        where = ascii(self.pointer)[1:-1] or "the top"
        return f"{self.problem} (at {where if len(where) <= 200 else where[:200] + '…'})"


class JsonError(ValueError):
    """The bytes are not JSON that we are willing to read; the message says why."""


# --- writing ---------------------------------------------------------------------------------------------------------------------


def canonical_bytes(value: Any) -> bytes:
    """The RFC 8785 form of `value` in UTF-8.

    Takes None, bool, int, float, str, list, tuple and dict (and their subclasses, by their plain content).
    Raises CanonicalError for everything that has no single form: NaN and infinities, integers beyond ±(2^53 - 1), lone surrogates,
    keys that are not strings, other types, and nesting deeper than MAX_DEPTH (which also ends a structure that contains itself).
    """
    parts: list[str] = []
    _write(value, parts, 0)
    return "".join(parts).encode("utf-8")


def _write(value: Any, parts: list[str], depth: int) -> None:
    if value is None:
        parts.append("null")
    elif value is True:
        parts.append("true")
    elif value is False:
        parts.append("false")
    elif isinstance(value, str):
        parts.append(_string(value))
    elif isinstance(value, int):
        parts.append(_integer(value))
    elif isinstance(value, float):
        parts.append(es6_number(value))
    elif isinstance(value, dict):
        _write_object(value, parts, depth + 1)
    elif isinstance(value, (list, tuple)):
        _write_array(value, parts, depth + 1)
    else:
        raise CanonicalError(f"a value of type {type(value).__name__} is not JSON: turn it into text, a number, a list or a dict first")


def _write_object(value: dict[Any, Any], parts: list[str], depth: int) -> None:
    _check_depth(depth)
    separator = "{"
    for key in _in_utf16_order(value):
        parts.append(separator + _string(key) + ":")
        try:
            _write(value[key], parts, depth)
        except CanonicalError as error:
            error.came_through(key)
            raise
        separator = ","
    parts.append("}" if separator == "," else "{}")


def _write_array(value: list[Any] | tuple[Any, ...], parts: list[str], depth: int) -> None:
    _check_depth(depth)
    parts.append("[")
    for index, item in enumerate(value):
        if index:
            parts.append(",")
        try:
            _write(item, parts, depth)
        except CanonicalError as error:
            error.came_through(index)
            raise
    parts.append("]")


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise CanonicalError(f"nested deeper than {MAX_DEPTH} levels: flatten the value, or look whether it contains itself")


def _in_utf16_order(value: dict[Any, Any]) -> list[str]:
    """The keys as RFC 8785 section 3.2.3 wants them: by UTF-16 code units, which is not the order of code points."""
    for key in value:
        if not isinstance(key, str):
            raise CanonicalError(f"the key {ascii(key)[:80]} is a {type(key).__name__}: keys must be strings")
    try:
        return sorted(value, key=_utf16_units)
    except UnicodeEncodeError as error:
        raise CanonicalError(f"the key {ascii(error.object)[:80]} holds a lone surrogate, which is no character: replace it") from error


def _utf16_units(text: str) -> bytes:
    return text.encode("utf-16-be")


def _string(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CanonicalError(f"text holds a lone surrogate at character {error.start}, which is no character: replace it") from error
    return encode_basestring(text)


def _integer(number: int) -> str:
    if not -MAX_INTEGER <= number <= MAX_INTEGER:
        raise CanonicalError("an integer beyond ±(2^53 - 1) is not kept exactly by every JSON reader: write it as text")
    return int.__repr__(number)


def es6_number(number: float) -> str:
    """A finite double as ECMAScript's Number.prototype.toString writes it (RFC 8785 section 3.2.2.3). Raises CanonicalError otherwise."""
    if not isfinite(number):
        raise CanonicalError("NaN and infinities are not JSON: leave the value out or use null")
    if number == 0:
        return "0"
    # repr gives the shortest digits that read back as the same double, exactly the digits ECMAScript asks for; only the layout differs.
    mantissa, _, exponent = float.__repr__(abs(number)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    return ("-" if number < 0 else "") + _laid_out(digits, point)


def _laid_out(digits: str, point: int) -> str:
    """`0.digits * 10**point` in ECMAScript's layout: plain between 1e-6 and 1e21, else with an exponent."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    rest = "." + digits[1:] if len(digits) > 1 else ""
    return f"{digits[0]}{rest}e{point - 1:+d}"


_FACT_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_ASTRAL = re.compile(rb"[\xf0-\xf4]")


def fact_bytes(mapping: Mapping[str, Any]) -> bytes:
    """The RFC 8785 form of a fact, many times faster than `canonical_bytes`; equal to it byte for byte under the rule of facts.

    The rule, to be kept where a fact's type is defined because checking each value would cost more than hashing it: a fact holds no
    floats (a float would be written in another layout, NaN as null) and nests less than 128 deep. Text beyond the Basic Multilingual
    Plane, where orjson's order of keys differs from UTF-16 order, is noticed here and takes the slow path.
    Raises CanonicalError for integers beyond ±(2^53 - 1), lone surrogates, keys that are not strings, dates and other types.
    """
    try:
        data = orjson.dumps(mapping, option=_FACT_OPTIONS)
    except orjson.JSONEncodeError as error:
        raise CanonicalError(f"the fact cannot be written: {error}") from error
    if data.isascii() or not _ASTRAL.search(data):
        return data
    return canonical_bytes(json.loads(data))


# --- reading ---------------------------------------------------------------------------------------------------------------------

_NOT_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_STEP_CHUNK = 1 << 16
_DEEPEST_READABLE = 500  # the standard library's parser recurses, and shares Python's limit of 1,000 with its callers


def _refuse_constant(name: str) -> None:
    raise JsonError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise JsonError(f"the number {digits[:40]} is too large for a double")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        _refuse_repeated([key for key, _ in pairs])
    return read


def _refuse_repeated(keys: list[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise JsonError(f"an object names the key {ascii(key)[:80]} twice, and readers disagree on which one counts")
        seen.add(key)


_DECODERS = {
    "refuse": json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite),
    "last": json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite),
}


def parse_json(data: bytes, max_bytes: int = MAX_PAGE_BYTES, max_depth: int = MAX_DEPTH, *, duplicates: Duplicates = "refuse") -> Any:
    """Read JSON (RFC 8259) that may have been made to hurt: a vendor's page, an uploaded file.

    `max_bytes` bounds the input, `max_depth` the nesting of arrays and objects (a flat list has depth 1); both are checked before
    anything is parsed, so ten thousand open brackets are an error and not a crash. With `duplicates="refuse"` an object that names a
    key twice is refused, because readers disagree on which one counts; `"last"` keeps the last one, as most readers do.
    A UTF-8 byte order mark is skipped, as RFC 8259 section 8.1 allows. Integers are exact whatever their size.
    Raises JsonError, with a message fit to show, for anything else: not UTF-8, not JSON, NaN, Infinity, numbers too large for a
    double, lone surrogates, too many bytes, too deep. `\\u0000` is legal JSON and is let through: PostgreSQL text cannot hold it.
    A `max_depth` over 500 is a programming error (ValueError): the parser behind could not keep that promise.
    """
    if not 0 <= max_depth <= _DEEPEST_READABLE:
        raise ValueError(f"max_depth must be between 0 and {_DEEPEST_READABLE}, not {max_depth}")
    if len(data) > max_bytes:
        raise JsonError(f"{len(data):,} bytes, more than the {max_bytes:,} that are read")
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    if _deeper_than(data, max_depth):
        raise JsonError(f"nested deeper than the {max_depth} levels that are read")
    text = _decoded(data)
    value = _parsed(text, duplicates)
    if _SURROGATE_ESCAPE.search(data):
        _refuse_lone_surrogates(value)
    return value


def _refuse_lone_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise JsonError("text holds half of a surrogate pair, which is no character") from error


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonError(f"not UTF-8 at byte {error.start:,}") from error


def _parsed(text: str, duplicates: Duplicates) -> Any:
    try:
        return _DECODERS[duplicates].decode(text)
    except json.JSONDecodeError as error:
        raise JsonError(f"not JSON: {error.msg} at line {error.lineno:,}, column {error.colno:,}") from error
    except JsonError:
        raise
    except ValueError as error:  # Python converts no integer of more than 4,300 digits
        raise JsonError("an integer with more digits than are read") from error


def _deeper_than(data: bytes, limit: int) -> bool:
    """Whether brackets outside strings ever nest deeper than `limit`; linear, and without recursion.

    What is not JSON may be judged either way here: the parser refuses it anyhow, and never at a greater depth than measured.
    """
    if data.count(b"[") + data.count(b"{") <= limit:
        return False
    steps = _bracket_steps(data)
    # Without its innermost pairs every tree is exactly one level lower, and most pages are a tenth as long.
    return _steps_exceed(steps.replace(b"\x01\xff", b""), limit - 1) if limit else bool(steps)


def _bracket_steps(data: bytes) -> bytes:
    """The brackets outside strings, one byte each: 1 opens, 0xff (-1 when read as signed) closes."""
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    # Two quotes with no bracket between them change nothing about what is inside a string, whether or not they are a pair.
    structure = data.translate(_STEPS, _NOT_STRUCTURE).replace(b'""', b"")
    return b"".join(structure.split(b'"')[::2])


def _steps_exceed(steps: bytes, limit: int) -> bool:
    depth = 0
    signed = memoryview(steps).cast("b")
    for start in range(0, len(steps), _STEP_CHUNK):
        heights = list(accumulate(signed[start : start + _STEP_CHUNK], initial=depth))
        if max(heights) > limit:
            return True
        depth = heights[-1]
    return False
