"""Which fields of facts may concern a person, told by their names, and which a vendor's package declares."""

import dataclasses
import re
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import yaml

import integrations.vendors
from evidence.facts.fact import Part

PERSONAL = re.compile(
    r"mail|phone|name|login|owner|author|actor|person|people|user|member|address|birth|street|gender|grantee|contact|"
    r"_by$|factor|reviewer|approver|manager|title|photo|picture|ip$|location|^value$",  # value: of a tag, free text of the owner
    re.I,
)
VENDORS = Path(integrations.vendors.__path__[0])


def personal_fields(modules: Iterable[ModuleType]) -> set[str]:
    """`kind.field` (and `kind.part.field`) of the facts of these modules whose name sounds like a person's."""
    return {path for module in modules for path in _fields(_fact(module)) if PERSONAL.search(path.rpartition(".")[2])}


@dataclasses.dataclass(frozen=True)
class Declared:
    """A vendor's `private.yaml`: fields about persons with what they are and why they are read, fields that only sound so, and in
    words what is never kept."""

    read: dict[str, dict[str, str]]
    things: list[str]
    never: list[str]


def declared(vendor: str) -> Declared:
    """What the vendor's package declares. Raises TypeError for a file with other sections."""
    return Declared(**yaml.safe_load((VENDORS / vendor / "private.yaml").read_text()))


def all_fields(modules: Iterable[ModuleType]) -> set[str]:
    """Every `kind.field` of the facts of these modules."""
    return {path for module in modules for path in _fields(_fact(module))}


def _fact(module: ModuleType) -> type[Part]:
    return next(
        each for each in vars(module).values() if isinstance(each, type) and getattr(each, "KIND", "") == module.__name__.split(".")[2]
    )


def _fields(fact: type[Part]) -> Iterator[str]:
    yield from _below(fact, getattr(fact, "KIND", ""))


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
