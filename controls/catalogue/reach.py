"""How far automation reaches each criterion, said once and held to the library by a test."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import yaml

from controls.catalogue.errors import CatalogueError

FILE = Path(__file__).resolve().parent / "reach.yaml"


class By(StrEnum):
    """`WHOLE`: design and operation are both decided by what is read. `PART`: something is. `PEOPLE`: nothing is."""

    WHOLE = "whole"
    PART = "part"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Reach:
    """`people`: what rests on people and process, empty only where automation reaches the whole."""

    by: By
    people: str = ""


@lru_cache(maxsize=1)
def reach() -> Mapping[str, Reach]:
    """By criterion code. Raises CatalogueError."""
    held = yaml.safe_load(FILE.read_text())["reach"]
    found: dict[str, Reach] = {}
    for code, each in held.items():
        try:
            found[code] = Reach(By(each["by"]), each.get("people", ""))
        except (KeyError, TypeError, ValueError) as error:
            raise CatalogueError(FILE.name, code, f"give `by` as whole, part or people ({error})") from error
        if bool(found[code].people) is (found[code].by is By.WHOLE):
            raise CatalogueError(FILE.name, code, "say what rests on people, unless the whole is read")
    return found
