"""What an evidence sheet is. The twelve facts are those that information produced by an entity must come with (domain.md 3.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

LABELS: Mapping[int, str] = {
    1: "Source and account",
    2: "Query and collector",
    3: "Period and zone",
    4: "Run and clocks",
    5: "Identity used and what it may see",
    6: "Rows, independent count, pages",
    7: "Keys, duplicates, sequence",
    8: "Left out, and why",
    9: "Columns, transformation, hashes",
    10: "Reconciliation to a second source",
    11: "Reviewed by",
    12: "Empty population",
}
UNKNOWN = "Unknown"


class UnknownSubject(LookupError):
    """There is nothing of that id that a sheet could be made of."""


@dataclass(frozen=True, slots=True)
class SheetFact:
    """One of the twelve: what is known, sentence by sentence. `known` False: nothing is, and `values` says so in words."""

    number: int
    values: tuple[str, ...]
    known: bool = True

    @property
    def label(self) -> str:
        """Its name."""
        return LABELS[self.number]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: what it is about, the twelve facts, and where the thing stands in the log (None while it is not sealed)."""

    about: str
    id: str
    title: str
    says: str
    facts: tuple[SheetFact, ...]
    made_at: str
    organization: str = ""
    digests: tuple[tuple[str, str], ...] = ()
    log_position: int | None = None
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The sheet as plain data; the same words as on the page."""
        return {
            "format": "plumbline-evidence-sheet/v1",
            "about": self.about,
            "id": self.id,
            "title": self.title,
            "says": self.says,
            "organization": self.organization,
            "made_at": self.made_at,
            "warnings": list(self.warnings),
            "facts": [
                {"number": each.number, "label": each.label, "known": each.known, "values": list(each.values)} for each in self.facts
            ],
            "digests": dict(self.digests),
            "log_position": self.log_position,
        }

    def with_fact(self, number: int, values: Sequence[str]) -> "Sheet":
        """The sheet with one fact said anew."""
        return replace(self, facts=tuple(fact(number, *values) if each.number == number else each for each in self.facts))


def fact(number: int, *values: str, unknown: str = "") -> SheetFact:
    """A fact of these values; where there is none, `unknown` says what is not known."""
    told = tuple(each for each in values if each)
    return SheetFact(number, told) if told else SheetFact(number, (f"{UNKNOWN}: {unknown}" if unknown else UNKNOWN,), known=False)
