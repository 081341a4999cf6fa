"""Every kind of population there is."""

from collections.abc import Mapping
from functools import lru_cache

from evidence.populations import changes, operation, people, registers, tickets, users, vulnerabilities
from evidence.populations.definition import Definition

GROUPS = ("People", "Access", "Changes", "Incidents", "Vulnerabilities", "Operation", "Programme")


class UnknownPopulation(LookupError):
    """There is no population of that kind."""


@lru_cache(maxsize=1)
def definitions() -> Mapping[str, Definition]:
    """All kinds by name, in the order of their groups."""
    modules = (people, users, changes, tickets, vulnerabilities, operation, registers)
    found = [each for module in modules for each in module.DEFINITIONS]
    return {each.kind: each for each in sorted(found, key=lambda each: GROUPS.index(each.group))}


def definition_of(kind: str) -> Definition:
    """The kind of that name. Raises UnknownPopulation."""
    try:
        return definitions()[kind]
    except KeyError as error:
        raise UnknownPopulation(kind) from error
