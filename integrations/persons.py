"""Which fields of facts may concern a person, told by their names, and what a connector's `private.yaml` declares of them."""

import dataclasses
import re
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from evidence.facts.fact import Part

PERSONAL = re.compile(
    r"mail|phone|name|login|owner|author|actor|person|people|user|member|address|birth|street|gender|grantee|contact|"
    r"_by$|factor|reviewer|approver|manager|title|photo|picture|ip$|location|^value$",  # value: of a tag, free text of the owner
    re.I,
)


@dataclasses.dataclass(frozen=True)
class Declared:
    """A `private.yaml`: fields about persons with what they are and why they are read, fields that only sound so, and in words what
    is never kept."""

    read: dict[str, dict[str, str]]
    things: list[str]
    never: list[str]


def declared(path: Path) -> Declared:
    """What a package declares. Raises TypeError for a file with other sections, OSError when there is none."""
    return Declared(**yaml.safe_load(path.read_text()))


def all_fields(facts: Iterable[type[Part]]) -> set[str]:
    """Every `kind.field` (and `kind.part.field`) of these fact classes."""
    return {path for fact in facts for path in _below(fact, getattr(fact, "KIND", ""))}


def personal_fields(facts: Iterable[type[Part]]) -> set[str]:
    """Those whose name sounds like a person's."""
    return {path for path in all_fields(facts) if PERSONAL.search(path.rpartition(".")[2])}


def _below(part: type[Part], place: str) -> Iterator[str]:
    hints = typing.get_type_hints(part)
    for field in dataclasses.fields(part):
        yield f"{place}.{field.name}"
        for inner in _parts(hints[field.name]):
            yield from _below(inner, f"{place}.{field.name}")


def _parts(hint: object) -> list[type[Part]]:
    if isinstance(hint, type) and issubclass(hint, Part):
        return [hint]
    return [found for each in typing.get_args(hint) for found in _parts(each)]
