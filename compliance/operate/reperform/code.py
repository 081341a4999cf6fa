"""The code of then: the modules of released versions, and whether they are what was released."""

import hashlib
import importlib
from collections.abc import Iterable
from functools import lru_cache
from types import ModuleType
from typing import Any

from controls.checks.ledger import ROOT, read_ledger
from controls.registry import versioned
from evidence.facts.fact import Fact

CHECKS_SHARED = "controls/checks/shared/"
FACTS_SHARED = ("evidence/facts/fact.py", "evidence/facts/instants.py", "evidence/facts/tag.py")


class MissingCode(LookupError):
    """A released version is not in this installation; the message names its file."""


def check_module(check_id: str, version: int) -> ModuleType:
    """The logic of one version of a check. Raises MissingCode."""
    try:
        return versioned(check_id, version)
    except ModuleNotFoundError as error:
        raise MissingCode(f"{check_path(check_id, version)} is not in this installation") from error


def check_path(check_id: str, version: int) -> str:
    """The file of one version of a check, below the project's root."""
    return f"controls/checks/{check_id.replace('.', '_')}/v{version}.py"


def fact_class(kind: str, version: int) -> type[Fact]:
    """The class of one version of a kind. Raises MissingCode."""
    try:
        module = importlib.import_module(f"evidence.facts.{kind}.v{version}")
    except ModuleNotFoundError as error:
        raise MissingCode(f"{fact_path(kind, version)} is not in this installation") from error
    classes: Iterable[Any] = (each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Fact))
    found = next((each for each in classes if kind == each.KIND), None)
    if found is None:
        raise MissingCode(f"{fact_path(kind, version)} defines no fact {kind}")
    return found


def fact_path(kind: str, version: int) -> str:
    """The file of one version of a kind of fact."""
    return f"evidence/facts/{kind}/v{version}.py"


def departures(paths: Iterable[str]) -> tuple[str, ...]:
    """What is wrong with these files, in words: not there, never released, or not what was released."""
    released = read_ledger()
    shared = [path for path in released if path.startswith(CHECKS_SHARED)] + [path for path in FACTS_SHARED if path in released]
    found = []
    for path in sorted({*paths, *shared}):
        digest = digest_of(path)
        if not digest:
            found.append(f"{path} is missing")
        elif path not in released:
            found.append(f"{path} is not in the ledger of released versions")
        elif released[path] != digest:
            found.append(f"{path} is not what was released: it was altered")
    return tuple(found)


@lru_cache(maxsize=2000)
def digest_of(path: str) -> str:
    """SHA-256 in hexadecimal of a file of the code as this process runs it, empty when it is not there."""
    place = ROOT / path
    return hashlib.sha256(place.read_bytes()).hexdigest() if place.is_file() else ""
