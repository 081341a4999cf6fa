"""What a kind of fact consists of, told by its class: what a column may become."""

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import lru_cache
from typing import Any

from evidence.facts.fact import Fact, Part

# Text fields that hold a point in time. A check reads them as one, so that nothing else may stand there.
INSTANTS = frozenset(
    "accepted_on accepted_until activated alerted at changed checked closed committed compared completed created disabled_at "  # noqa: SIM905
    "end_recorded_after end_recorded_at ended_at expires explained finished first_due found granted last_backup last_due last_key_use last_scanned last_sign_in "
    "last_use last_used merged performed published resolved restorable_until rotated scanned scheduled_for status_changed updated".split()
)
DAYS = frozenset({"before_day", "hired", "last_day", "first_day", "day", "last_used_day"})
# Where the name alone would mislead.
FORMS: Mapping[str, str] = {"ticket.due": "day", "job_schedule.due": "instant"}
LABELS = {
    "text": "text", "instant": "point in time", "day": "day", "number": "whole number", "yes_no": "yes or no", "list": "list",
    "parts": "list of parts (JSON)", "part": "part (JSON)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `form`: text, instant, day, number, yes_no, list (of `item`s), parts or part. `nullable`: None, unknown, is allowed.
    `blank`: "" is allowed and means none or never."""

    name: str
    form: str
    required: bool
    nullable: bool
    hint: Any
    item: str = ""

    @property
    def label(self) -> str:
        """`last_used` as a person reads it."""
        return self.name.replace("_", " ")

    @property
    def form_label(self) -> str:
        """What stands in it, in words."""
        return LABELS[self.form]

    @property
    def blank(self) -> bool:
        """Whether an empty text is a value of its own."""
        return self.form in ("text", "instant", "day") and self.name != "subject"


@lru_cache(maxsize=256)
def fields_of(fact: type[Part]) -> tuple[Field, ...]:
    """Its fields in their order, subject first."""
    hints = typing.get_type_hints(fact)
    kind = getattr(fact, "KIND", "")
    return tuple(_field(each.name, hints[each.name], each.default is MISSING, kind) for each in fields(fact))


def _field(name: str, hint: Any, required: bool, kind: str) -> Field:
    options = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    nullable = types.NoneType in options
    real = next((each for each in options if each is not types.NoneType), str)
    if typing.get_origin(real) is tuple:
        inner = typing.get_args(real)[0]
        if inner is str:
            return Field(name, "list", required, nullable, hint, _text_form(name, kind))
        return Field(name, "parts", required, nullable, hint)
    if isinstance(real, type) and issubclass(real, Part):
        return Field(name, "part", required, nullable, hint)
    if real is bool:
        return Field(name, "yes_no", required, nullable, hint)
    if real is int:
        return Field(name, "number", required, nullable, hint)
    return Field(name, _text_form(name, kind), required, nullable, hint)


def _text_form(name: str, kind: str) -> str:
    return FORMS.get(f"{kind}.{name}") or ("instant" if name in INSTANTS else "day" if name in DAYS else "text")


def schema_of(fact: type[Fact]) -> dict[str, Any]:
    """JSON Schema (2020-12) of the kind's lines, for whoever pushes it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": fact.KIND, "x-version": fact.VERSION,
        "description": " ".join((fact.__doc__ or "").split()), **_object(fact),
    }  # fmt: skip


def _object(part: type[Part]) -> dict[str, Any]:
    known = fields_of(part)
    return {
        "type": "object",
        "properties": {each.name: _schema(each.hint, each.form if each.form != "list" else each.item) for each in known},
        "required": [each.name for each in known if each.required],
        "additionalProperties": False,
    }


def _schema(hint: Any, form: str) -> dict[str, Any]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return {"anyOf": [_schema(each, form) for each in typing.get_args(hint)]}
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return {"type": "array", "items": _schema(inner[0], form)}
        return {"type": "array", "prefixItems": [_schema(each, form) for each in inner], "minItems": len(inner), "maxItems": len(inner)}
    if isinstance(hint, type) and issubclass(hint, Part):
        return _object(hint)
    plain: dict[Any, dict[str, Any]] = {
        bool: {"type": "boolean"}, int: {"type": "integer"}, types.NoneType: {"type": "null"}, None: {"type": "null"},
    }  # fmt: skip
    if hint in plain:
        return plain[hint]
    patterns = {"instant": r"^$|^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$", "day": r"^$|^\d{4}-\d{2}-\d{2}$"}
    return {"type": "string", **({"pattern": patterns[form]} if form in patterns else {})}
