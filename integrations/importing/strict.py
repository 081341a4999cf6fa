"""A payload that a program sends into a fact: types exactly as the class says, nothing bent into shape."""

import re
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from evidence.facts.fact import Fact, Part
from integrations.importing.fields import fields_of
from integrations.importing.limits import MAX_CELL, MAX_SUBJECT
from integrations.importing.refusals import Refused

FIRST_YEAR, LAST_YEAR = 1900, 2199  # beyond which no deadline can be counted
_LARGEST = 2**53 - 1
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def fact_of(kind: type[Fact], payload: Mapping[str, Any]) -> Fact:
    """The fact. Raises Refused, naming the field, for anything that its class does not allow."""
    fact = _part(kind, payload, "")
    assert isinstance(fact, Fact)
    return fact


def _part(kind: type[Part], payload: Any, place: str) -> Part:
    if not isinstance(payload, Mapping):
        raise Refused("has to be an object", place)
    known = {each.name: each for each in fields_of(kind)}
    for name in payload:
        if name not in known:
            raise Refused(f"is no field of it; known are {', '.join(known)}", _below(place, str(name)[:80]))
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name not in payload:
            if field.required:
                raise Refused("is needed", _below(place, name))
            continue
        form = field.item if field.form == "list" else field.form
        values[name] = exact_value(field.hint, payload[name], form, _below(place, name))
    if "subject" in known and not place:
        check_subject(values["subject"])
    return kind(**values)


def check_subject(subject: str) -> None:
    """Raises Refused for a key that is empty or too long to be one."""
    if not subject.strip():
        raise Refused("is empty; each row needs the key by which it is known again", "subject")
    if len(subject) > MAX_SUBJECT:
        raise Refused(f"has more than {MAX_SUBJECT} characters", "subject")


def check_text(text: str, form: str, place: str = "") -> str:
    """The text, if it may stand in a field of that form. Raises Refused."""
    if len(text) > MAX_CELL:
        raise Refused(f"has more than {MAX_CELL:,} characters", place)
    if "\x00" in text:
        raise Refused("holds a NUL character", place)
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Refused("holds half of a character", place)
    if text == "" or form not in ("instant", "day"):
        return text
    wanted = "a point in time such as 2026-03-01T12:00:00Z" if form == "instant" else "a day such as 2026-03-01"
    if not (_INSTANT if form == "instant" else _DAY).fullmatch(text):
        raise Refused(f"has to be {wanted}", place)
    try:
        year = datetime.fromisoformat(text).year
    except ValueError:
        raise Refused(f"has to be {wanted}, and to exist", place) from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}", place)
    return text


def check_number(number: int, place: str = "") -> int:
    """The number, if it has a canonical form. Raises Refused."""
    if not -_LARGEST <= number <= _LARGEST:
        raise Refused("is larger than is kept exactly; send it as text", place)
    return number


def exact_value(hint: Any, value: Any, form: str, place: str) -> Any:
    """One value exactly as a field of that type takes it. Raises Refused, naming the place."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        options = typing.get_args(hint)
        if value is None and types.NoneType in options:
            return None
        hint = next(each for each in options if each is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        return _tuple(typing.get_args(hint), value, form, place)
    if isinstance(hint, type) and issubclass(hint, Part):
        return _part(hint, value, place)
    if hint is bool:
        if not isinstance(value, bool):
            raise Refused("has to be true or false", place)
        return value
    if hint is int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused("has to be a whole number", place)
        return check_number(value, place)
    if not isinstance(value, str):
        raise Refused("has to be text", place)
    return check_text(value, form, place)


def _tuple(inner: tuple[Any, ...], value: Any, form: str, place: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise Refused("has to be a list", place)
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(exact_value(inner[0], each, form, f"{place}[{number}]") for number, each in enumerate(value))
    if len(value) != len(inner):
        raise Refused(f"has to be a list of {len(inner)}", place)
    return tuple(exact_value(hint, each, form, f"{place}[{number}]") for number, (hint, each) in enumerate(zip(inner, value, strict=True)))


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
