"""Tables of dates kept beside a check: what is supported until when, with the source they were copied from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml


class TableError(ValueError):
    """A table's file is not what it should be; the message says where."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """`ends` maps a name to its last supported day, None where the source names no end yet. `source` and `copied` are for people."""

    source: str
    copied: date
    ends: Mapping[str, date | None]


def read_lifetimes(path: Path) -> Lifetimes:
    """Read a table. Raises TableError with file and key when an entry is no date."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    ends: dict[str, date | None] = {}
    for name, end in content["ends"].items():
        if end is not None and type(end) is not date:
            raise TableError(f"{path}: {name} must be a date like 2027-04-30, or empty while no end is announced")
        ends[str(name)] = end
    return Lifetimes(source=content["source"], copied=content["copied"], ends=ends)
