"""What a fact is: one frozen, vendor-neutral statement about one subject, as observed.

Facts are what checks judge and what records keep, so their bytes must be canonical: fields hold only
text, whole numbers, booleans, nothing (unknown) and tuples of those or of parts; never floats or dates.
Instants are RFC 3339 text in UTC (see `evidence.facts.instants`). The rule is enforced where a fact class is
defined, not per value, because a recursive guard would cost more than hashing (RFC 8785 needs the rule).
"""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from operator import attrgetter
from typing import Any, ClassVar, Self

SCALARS = (str, int, bool, type(None))


class FactError(ValueError):
    """A fact class is defined with a field that has no canonical form, or a payload does not fit its class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A nested piece of a fact (one rule of a security group, one review of a change). Same field rules as facts."""

    def payload(self) -> dict[str, Any]:
        """The part as plain canonical-ready data."""
        names, nested, values = _shape(type(self))
        payload = dict(zip(names, values(self), strict=True))
        for name in nested:
            payload[name] = _plain(payload[name])
        return payload

    @classmethod
    def load(cls, payload: Mapping[str, Any]) -> Self:
        """Build from `payload()`'s form. Unknown keys raise `FactError`; absent ones take the default."""
        return _load(cls, payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Part):
    """Base of every fact. `subject` is the stable key, unique within the kind and the source (an ARN, a node id);
    `name` is for people; `region` is where it stands, empty where the vendor has none.

    A field that is None is *unknown* (permission or licence lacking, value not sent): a check must answer
    NO_DATA for it, never PASS and never FAIL.
    """

    KIND: ClassVar[str] = ""
    VERSION: ClassVar[int] = 0

    subject: str
    name: str = ""
    region: str = ""


def check_definition(fact: type[Part]) -> type[Part]:
    """Class decorator (below @dataclass): refuses fields that have no canonical form. Raises FactError."""
    hints = typing.get_type_hints(fact)
    for field in fields(fact):
        if not _allowed(hints[field.name]):
            raise FactError(f"{fact.__name__}.{field.name}: {hints[field.name]} has no canonical form; use text, int, bool, None or tuples")
    return fact


def _allowed(hint: Any) -> bool:
    if hint in SCALARS:
        return True
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return all(_allowed(each) for each in typing.get_args(hint))
    if origin is tuple:
        return all(each is Ellipsis or _allowed(each) for each in typing.get_args(hint))
    return isinstance(hint, type) and issubclass(hint, Part)


_NAMES: dict[type, tuple[str, ...]] = {}
_SHAPES: dict[type, tuple[tuple[str, ...], tuple[str, ...], Callable[[Any], tuple[Any, ...]]]] = {}
_PARTS: dict[type, dict[str, type[Part]]] = {}


def _names(cls: type[Part]) -> tuple[str, ...]:
    if cls not in _NAMES:
        _NAMES[cls] = tuple(field.name for field in fields(cls))
    return _NAMES[cls]


def _shape(cls: type[Part]) -> tuple[tuple[str, ...], tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Names of the fields, those of them that may hold tuples or parts, and what reads all fields at once: payloads are made by the
    hundred thousand, and looking at each value costs more than hashing it."""
    if cls not in _SHAPES:
        names = _names(cls)
        hints = typing.get_type_hints(cls)
        nested = tuple(name for name in names if not _flat(hints[name]))
        values = attrgetter(*names) if len(names) > 1 else lambda part: tuple(getattr(part, name) for name in names)
        _SHAPES[cls] = names, nested, values
    return _SHAPES[cls]


def _flat(hint: Any) -> bool:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return all(_flat(each) for each in typing.get_args(hint))
    return hint in SCALARS


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Part):
        return value.payload()
    return value


def _part_fields(cls: type[Part]) -> dict[str, type[Part]]:
    if cls not in _PARTS:
        hints = typing.get_type_hints(cls)
        _PARTS[cls] = {name: part for name in _names(cls) if (part := _part_of(hints[name])) is not None}
    return _PARTS[cls]


def _part_of(hint: Any) -> type[Part] | None:
    if isinstance(hint, type) and issubclass(hint, Part):
        return hint
    for each in typing.get_args(hint):
        if each is not Ellipsis and (part := _part_of(each)) is not None:
            return part
    return None


def _load(cls: type[Part], payload: Mapping[str, Any]) -> Any:
    unknown = payload.keys() - set(_names(cls))
    if unknown:
        raise FactError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}; load it with the version that wrote it")
    missing = [field.name for field in fields(cls) if field.name not in payload and field.default is MISSING]
    if missing:
        raise FactError(f"{cls.__name__} lacks {', '.join(missing)}")
    parts = _part_fields(cls)
    return cls(**{name: _rebuilt(value, parts.get(name)) for name, value in payload.items()})


def _rebuilt(value: Any, part: type[Part] | None) -> Any:
    if isinstance(value, list):
        return tuple(_rebuilt(each, part) for each in value)
    if part is not None and isinstance(value, dict):
        return _load(part, value)
    return value
