"""What is taken out of a vendor's answer before anything of it is hashed, kept, parsed or logged.

A vendor package declares a table: operation -> form of the answer and rules. What is kept is the rest, so that the hash stands for
what can be shown, and the list of what was taken out stands beside it. An answer whose operation is in the table and which cannot
be read with certainty is not kept at all: nobody could say that the secret is not in it.

Paths. JSON: names joined by dots; `[]` is every entry of a list, `[!Primary]` every entry whose field `Primary` is not true, `*`
every field. XML: names of elements from below the root, joined by dots, without namespaces; lists are repeated elements.
"""

import json
import pyexpat
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from compliance.seal.canonical import CanonicalError, JsonError, canonical_bytes, parse_json

MASK = "[redacted]"
_STEP = re.compile(r"(?P<each>\[\])|\[!(?P<unless>[^\]]+)\]|(?P<name>[^.\[\]]+)")


class Unreadable(ValueError):
    """The answer cannot be read with certainty, so nothing of it may be kept. The message says why."""


class Form(StrEnum):
    """How the answer is written."""

    JSON = "json"
    XML = "xml"


@dataclass(frozen=True, slots=True)
class Rule:
    """`how`: "drop" takes the value and its name away, "mask" leaves the name with `[redacted]`, "only" leaves no fields of an object
    but `fields` (JSON only), so that what the vendor adds tomorrow is not kept either."""

    path: str
    how: str
    fields: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The rule in words, as it is shown beside a page."""
        place = self.path or "the answer"
        if self.how == "only":
            return f"{place}: all but {', '.join(self.fields)} dropped"
        return f"{place}: {'dropped' if self.how == 'drop' else 'masked'}"


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is taken out of the answers of one operation."""

    form: Form
    rules: tuple[Rule, ...]

    def __add__(self, other: "Redaction") -> "Redaction":
        if self.form is not other.form:
            raise ValueError("an answer has one form")
        return Redaction(self.form, self.rules + other.rules)


Table = Mapping[str, Redaction]


def drop(*paths: str, form: Form = Form.JSON) -> Redaction:
    """Take these values and their names away."""
    return Redaction(form, tuple(Rule(path, "drop") for path in paths))


def mask(*paths: str, form: Form = Form.JSON) -> Redaction:
    """Leave the names of these values; the values are `[redacted]`."""
    return Redaction(form, tuple(Rule(path, "mask") for path in paths))


def only(path: str, *fields: str) -> Redaction:
    """Leave these fields of the objects at `path` and no other."""
    return Redaction(Form.JSON, (Rule(path, "only", fields),))


@dataclass(frozen=True, slots=True)
class Redacted:
    """What may be kept: `body`, and `removed`, the rules that found something, in words and sorted. An answer in which nothing was
    found is kept byte by byte."""

    body: bytes
    removed: tuple[str, ...] = ()


def redact(body: bytes, redaction: Redaction | None, *, strict: bool = True) -> Redacted:
    """`body` without what the rules name. JSON is written anew in its canonical form (RFC 8785; integers too large for it keep all
    their digits), XML keeps all other bytes. `strict` (an answer that says success): a value that has another type than the path
    expects makes the answer unreadable. Raises Unreadable."""
    if redaction is None or not body.strip():
        return Redacted(body)
    return _json(body, redaction.rules, strict) if redaction.form is Form.JSON else _xml(body, redaction.rules)


# -- JSON ----------------------------------------------------------------------------------------------------------------


def _json(body: bytes, rules: Sequence[Rule], strict: bool) -> Redacted:
    try:
        value = parse_json(body)
    except JsonError as error:
        raise Unreadable(f"it is no JSON that can be read: {error}") from error
    removed = [rule.said for rule in rules if _applied(value, rule, strict)]
    if not removed:
        return Redacted(body)
    return Redacted(_written(value), tuple(sorted(removed)))


def _written(value: Any) -> bytes:
    try:
        return canonical_bytes(value)
    except CanonicalError:  # an integer beyond 2^53: it must not lose a digit
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _applied(value: Any, rule: Rule, strict: bool) -> int:
    """How often the rule found something to take out."""
    return _walk({"": value}, [_Step("name"), *_steps(rule.path)], rule, strict)  # the root is a place like any other


@dataclass(frozen=True, slots=True)
class _Step:
    sort: str  # "name", "each", "unless" or "any"
    word: str = ""

    def places(self, holder: Any, strict: bool) -> Iterator[Any]:
        """Keys or indexes of `holder` that the step leads to; from the end, so that dropping one moves no other."""
        wanted = dict if self.sort in ("name", "any") else list
        if not isinstance(holder, wanted):
            if strict and holder is not None:
                raise Unreadable(
                    f"a {type(holder).__name__} stands where the vendor documents {'an object' if wanted is dict else 'a list'}"
                )
            return
        if self.sort == "name":
            yield from (self.word,) if self.word in holder else ()
        elif self.sort == "any":
            yield from list(holder)
        else:
            for index in reversed(range(len(holder))):
                entry = holder[index]
                if self.sort == "each" or not isinstance(entry, dict) or entry.get(self.word) is not True:
                    yield index


def _steps(path: str) -> list[_Step]:
    return [_step(found) for found in _STEP.finditer(path)]


def _step(found: re.Match[str]) -> _Step:
    if found["each"]:
        return _Step("each")
    if found["unless"]:
        return _Step("unless", found["unless"])
    return _Step("any") if found["name"] == "*" else _Step("name", found["name"])


def _walk(holder: Any, steps: Sequence[_Step], rule: Rule, strict: bool) -> int:
    count = 0
    for place in list(steps[0].places(holder, strict)):
        count += _walk(holder[place], steps[1:], rule, strict) if len(steps) > 1 else _ACTS[rule.how](holder, place, rule, strict)
    return count


def _drop(holder: Any, place: Any, _rule: Rule, _strict: bool) -> int:
    del holder[place]
    return 1


def _mask(holder: Any, place: Any, _rule: Rule, _strict: bool) -> int:
    if holder[place] in (None, "", MASK):
        return 0
    holder[place] = MASK
    return 1


def _only(holder: Any, place: Any, rule: Rule, strict: bool) -> int:
    held = holder[place]
    if not isinstance(held, dict):
        if strict and held is not None:
            raise Unreadable(f"a {type(held).__name__} stands where the vendor documents an object")
        return 0
    surplus = [name for name in held if name not in rule.fields]
    for name in surplus:
        del held[name]
    return len(surplus)


_ACTS: Mapping[str, Callable[[Any, Any, Rule, bool], int]] = {"drop": _drop, "mask": _mask, "only": _only}


# -- XML -----------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Cut:
    start: int
    end: int
    instead: bytes


@dataclass(slots=True)
class _Scissors:
    """Follows the parser and notes which stretches of bytes are to be cut."""

    by_path: Mapping[tuple[str, ...], Rule]
    parser: Any
    path: list[str] = field(default_factory=list)
    cuts: list[_Cut] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    depth: int = 0  # of the element being cut, 0 when none is
    started: int = 0
    ended: _Cut | None = None  # an element whose last byte is where the next event begins

    def opened(self, name: str, _attributes: object) -> None:
        self.passed()
        self.path.append(name.rpartition(":")[2])
        rule = None if self.depth else self.by_path.get(tuple(self.path[1:]))
        if rule is not None:
            self.depth, self.started = len(self.path), self.parser.CurrentByteIndex
            self.removed.add(rule.said)

    def closed(self, name: str) -> None:
        self.passed()
        if self.depth == len(self.path):
            rule = self.by_path[tuple(self.path[1:])]
            instead = f"<{name}>{MASK}</{name}>".encode() if rule.how == "mask" else b""
            self.ended = _Cut(self.started, 0, instead)
            self.depth = 0
        self.path.pop()

    def passed(self, *_anything: object) -> None:
        """Any event: the bytes of the element that ended before it are now known."""
        if self.ended is not None:
            self.ended.end = self.parser.CurrentByteIndex
            self.cuts.append(self.ended)
            self.ended = None

    def declared(self, *_declaration: object) -> None:
        raise Unreadable("it declares a document type or entities")


def _xml(body: bytes, rules: Sequence[Rule]) -> Redacted:
    parser = pyexpat.ParserCreate()
    scissors = _Scissors({tuple(rule.path.split(".")): rule for rule in rules}, parser)
    parser.StartElementHandler, parser.EndElementHandler = scissors.opened, scissors.closed
    parser.DefaultHandler = scissors.passed
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = scissors.declared
    try:
        parser.Parse(body, True)
    except pyexpat.ExpatError as error:
        raise Unreadable(f"it is no XML that can be read: {error}") from error
    return Redacted(_without(body, scissors.cuts), tuple(sorted(scissors.removed)))


def _without(body: bytes, cuts: Sequence[_Cut]) -> bytes:
    parts, place = [], 0
    for cut in cuts:
        parts += [body[place : cut.start], cut.instead]
        place = cut.end
    return b"".join([*parts, body[place:]])
