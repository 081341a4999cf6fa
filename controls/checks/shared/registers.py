"""Registers kept as parameters: who or what somebody approved, until when. An entry is `name` or `name until 2026-12-31`.

Names are compared without regard to case, as the vendors do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from controls.checks.shared.ages import end_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One approval. `ends` is the instant at which it is over; None when it has no end."""

    name: str
    ends: datetime | None


def entered(name: str, register: Iterable[str]) -> bool:
    """Whether a register without dates names it."""
    return name.strip().lower() in {each.strip().lower() for each in register}


def approval(name: str, register: Iterable[str]) -> Entry | None:
    """The entry that lasts longest for a name; None when there is none. An entry whose date is none does not count, since nobody
    can tell until when it was meant."""
    found = [each for line in register if (each := _entry(line)) is not None and each.name == name.strip().lower()]
    endless = next((each for each in found if each.ends is None), None)
    return endless or max(found, key=lambda each: each.ends, default=None)  # type: ignore[arg-type, return-value]


def _entry(line: str) -> Entry | None:
    name, until, day = line.partition(" until ")
    if not until:
        return Entry(name.strip().lower(), None)
    try:
        return Entry(name.strip().lower(), end_of(date.fromisoformat(day.strip())))
    except ValueError:
        return None
