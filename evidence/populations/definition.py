"""What a population is made of: feeds of facts, the date that bounds it, filters and columns. All of it is kept with a frozen population."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Shape(StrEnum):
    """How a feed's records become rows."""

    STAY = "stay"  # whoever was there at any time of the period, with both dates
    EVENT = "event"  # whatever has its date in the period
    PART = "part"  # dated pieces of a fact (moves of a person) whose date lies in the period


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the field of the fact that fills it (`part.` for a piece of it, `=` for fixed text), and what it means."""

    name: str
    path: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a fact. `test`: is, is_not, one_of, has_any (both without regard to case), below, filled, empty. With `option` the values are
    what the reader chose instead of `values`. A field that is unknown (None) passes `is_not`, `below` and `empty`, so that what was not
    observed is in the list rather than left out."""

    field: str
    test: str
    values: tuple[Any, ...] = ()
    option: str = ""

    def takes(self, fact: Mapping[str, Any]) -> bool:
        """Whether the fact meets it."""
        held = fact.get(self.field)
        if self.test == "is":
            return held in self.values
        if self.test == "is_not":
            return held not in self.values
        if self.test == "one_of":
            return held is not None and str(held).strip().casefold() in _folded(self.values)
        if self.test == "has_any":
            return any(str(each).strip().casefold() in _folded(self.values) for each in held or ())
        if self.test == "below":
            return held is None or held < self.values[0]
        return bool(held) if self.test == "filled" else not held

    @property
    def words(self) -> str:
        """The condition as a person reads it."""
        said = ", ".join(_value_words(each) for each in self.values)
        tests = {
            "is": f"is {said}", "is_not": f"is not {said}", "one_of": f"is one of {said or 'nothing'}", "has_any": f"holds one of {said or 'nothing'}",
            "below": f"is below {said} or not shown", "filled": "is not empty", "empty": "is empty or not shown",
        }  # fmt: skip
        return f"{self.field.replace('_', ' ')} {tests[self.test]}"


@dataclass(frozen=True, slots=True)
class Sequence:
    """Numbers that the source gives one after the other, per group: a hole is worth a look. `shared` says with what they are shared."""

    number: str
    group: str
    shared: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """One kind of fact that gives rows. `filters`: all groups must hold, in a group any one. `date` is the field that bounds an event (in
    a piece, its field); `days` says that it is a day in the organization's zone and no instant."""

    kind: str
    shape: Shape
    columns: tuple[Column, ...]
    filters: tuple[tuple[Filter, ...], ...] = ()
    date: str = ""
    days: bool = False
    parts: str = ""
    sequence: Sequence | None = None

    def takes(self, fact: Mapping[str, Any]) -> bool:
        """Whether the fact meets every group of filters."""
        return all(any(each.takes(fact) for each in group) for group in self.filters)

    def refused_by(self, fact: Mapping[str, Any]) -> str:
        """The first group that the fact does not meet, in words; empty when it meets all."""
        return next((_group_words(group) for group in self.filters if not any(each.takes(fact) for each in group)), "")

    def told(self) -> dict[str, Any]:
        """The feed as plain data, to be kept with what was frozen."""
        return {
            "fact": self.kind,
            "rows": self.shape.value,
            "bounded_by": self.date or "present at any time of the period",
            "date_is": ("a day in the organization's zone" if self.days else "an instant") if self.date else "",
            "pieces": self.parts,
            "filters": [_group_words(group) for group in self.filters],
            "columns": [{"name": each.name, "from": each.path, "meaning": each.meaning} for each in self.columns],
        }


@dataclass(frozen=True, slots=True)
class Option:
    """Something that the reader may set: words by which rows are chosen."""

    name: str
    label: str
    default: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One kind of population. `missing` says which source would feed it where none does; `second` names the reconciliation
    (`evidence.populations.second`), empty where there is no second source to hold it against."""

    kind: str
    title: str
    meaning: str
    why: str
    group: str
    missing: str
    feeds: tuple[Feed, ...] = ()
    options: tuple[Option, ...] = ()
    second: str = ""
    notes: tuple[str, ...] = field(default_factory=tuple)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns in their order, those that every population has first."""
        dated = ("present_from", "present_until", "first_look") if any(each.shape is Shape.STAY for each in self.feeds) else ()
        happened = ("at",) if any(each.shape is not Shape.STAY for each in self.feeds) else ()
        own = dict.fromkeys(column.name for feed in self.feeds for column in feed.columns)
        return ("id", "system", "fact", "name", *happened, *dated, *own, "subject_id", "record_id")

    @property
    def kinds(self) -> tuple[str, ...]:
        """Fact kinds that feed it."""
        return tuple(dict.fromkeys(feed.kind for feed in self.feeds))

    def chosen(self, options: Mapping[str, Iterable[str]]) -> "Definition":
        """The definition with the reader's words in the place of options; defaults where nothing was chosen."""
        values = {each.name: tuple(options.get(each.name) or each.default) for each in self.options}
        return replace(self, feeds=tuple(_resolved(feed, values) for feed in self.feeds))

    def told(self) -> dict[str, Any]:
        """The definition as plain data."""
        return {
            "kind": self.kind, "title": self.title, "meaning": self.meaning, "feeds": [each.told() for each in self.feeds],
            "columns": list(self.columns), "notes": list(self.notes),
        }  # fmt: skip


def _resolved(feed: Feed, values: Mapping[str, tuple[str, ...]]) -> Feed:
    filters = tuple(tuple(replace(each, values=values[each.option]) if each.option else each for each in group) for group in feed.filters)
    return replace(feed, filters=filters)


def _group_words(group: tuple[Filter, ...]) -> str:
    return " or ".join(each.words for each in group)


def _value_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"“{value}”" if isinstance(value, str) else str(value)


def _folded(values: Iterable[Any]) -> set[str]:
    return {str(each).strip().casefold() for each in values}
