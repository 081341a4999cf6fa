"""Which fields of facts may concern a person, and which a vendor's package declares: the kit's rules, for modules of facts."""

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import integrations.vendors
from evidence.facts.fact import Part
from integrations import persons
from integrations.persons import Declared

VENDORS = Path(integrations.vendors.__path__[0])


def personal_fields(modules: Iterable[ModuleType]) -> set[str]:
    """`kind.field` (and `kind.part.field`) of the facts of these modules whose name sounds like a person's."""
    return persons.personal_fields(map(_fact, modules))


def declared(vendor: str) -> Declared:
    """What the vendor's package declares. Raises TypeError for a file with other sections."""
    return persons.declared(VENDORS / vendor / "private.yaml")


def all_fields(modules: Iterable[ModuleType]) -> set[str]:
    """Every `kind.field` of the facts of these modules."""
    return persons.all_fields(map(_fact, modules))


def _fact(module: ModuleType) -> type[Part]:
    return next(
        each for each in vars(module).values() if isinstance(each, type) and getattr(each, "KIND", "") == module.__name__.split(".")[2]
    )
