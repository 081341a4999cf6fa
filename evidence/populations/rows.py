"""From what was recorded of one subject to its rows in a population. Pure: every interval is a function of the records alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from evidence.facts import instants
from evidence.populations.definition import Feed, Shape

Fact = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One record: the fact from `at` on, None when the subject was gone then."""

    record_id: str
    at: datetime
    fact: Fact | None


@dataclass(frozen=True, slots=True)
class History:
    """All records of one subject, in order of time. `seen_from`: the first reading of its stream; who was there already may have come
    earlier than that."""

    subject_id: str
    key: str
    name: str
    changes: Sequence[Change]
    seen_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """[from_at, until_at) and the days it holds in `zone`."""

    from_at: datetime
    until_at: datetime
    zone: ZoneInfo

    @property
    def first_day(self) -> date:
        """The first day."""
        return self.from_at.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        """The last day, which may have begun only."""
        until = self.until_at.astimezone(self.zone)
        return until.date() if until.time() != time.min else date.fromordinal(until.date().toordinal() - 1)


@dataclass(frozen=True, slots=True)
class Stay:
    """That a condition held without a break, by the records: from `start`, until `end` (None: it holds on). `last` is its last record."""

    number: int
    start: Change
    end: datetime | None
    last: Change


@dataclass(frozen=True, slots=True)
class Happening:
    """One date that stood: its value as the source wrote it, and the record that said so last."""

    number: int
    value: str
    change: Change


@dataclass(frozen=True, slots=True)
class Row:
    """A row before it has its identity. `mark` tells it from other rows of its subject."""

    mark: str
    change: Change
    dates: Mapping[str, Any]
    part: Fact | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """That a subject has no row although it was there, and why."""

    reason: str


def rows_of_subject(history: History, feed: Feed, bounds: Bounds) -> Iterator[Row | LeftOut]:
    """The rows of one subject, or why it has none."""
    if feed.shape is Shape.STAY:
        return _stay_rows(history, feed, bounds)
    return _part_rows(history, feed, bounds) if feed.shape is Shape.PART else _event_rows(history, feed, bounds)


def stays(changes: Sequence[Change], holds: Callable[[Fact], bool]) -> Iterator[Stay]:
    """The longest pieces of time during which the subject was there and `holds` was true."""
    start: Change | None = None
    last: Change | None = None
    number = 0
    for change in changes:
        if change.fact is not None and holds(change.fact):
            if start is None:
                start, number = change, number + 1
            last = change
        elif start is not None and last is not None:
            yield Stay(number, start, change.at, last)
            start = None
    if start is not None and last is not None:
        yield Stay(number, start, None, last)


def happenings(changes: Sequence[Change], value_of: Callable[[Fact], Any], instant_of: Callable[[str], datetime]) -> Iterator[Happening]:
    """The dates that stood. A correction replaces a date; one that had passed when it was cleared, or when a later one was announced, stays
    and the next is another happening. Unknown (None) says nothing. Raises ValueError for what is no date."""
    number = 0
    value, said = "", None
    for change in changes:
        told = value_of(change.fact) if change.fact is not None else None
        if told is None:
            continue
        passed = bool(value) and instant_of(value) <= change.at
        if said is not None and passed and told != value and (told == "" or instant_of(told) > change.at):
            number += 1
            yield Happening(number, value, said)
        value, said = told, change if told else None
    if said is not None:
        yield Happening(number + 1, value, said)


def instant_reader(bounds: Bounds, *, days: bool) -> Callable[[str], datetime]:
    """How a date of a feed is read: days begin in the zone."""
    if not days:
        return instants.from_text
    return lambda text: datetime.combine(date.fromisoformat(text[:10]), time.min, bounds.zone)


def _stay_rows(history: History, feed: Feed, bounds: Bounds) -> Iterator[Row | LeftOut]:
    known = [each for each in history.changes if each.at < bounds.until_at]
    found = False
    for stay in stays(known, feed.takes):
        if stay.end is not None and stay.end <= bounds.from_at:
            continue
        found = True
        dates = {
            "present_from": _text(stay.start.at),
            "present_until": _text(stay.end) if stay.end else None,
            "first_look": history.seen_from is not None and stay.start.at <= history.seen_from,
        }
        yield Row(str(stay.number) if stay.number > 1 else "", stay.last, dates)
    if not found:
        yield from _why_not(known, feed, bounds)


def _why_not(known: Sequence[Change], feed: Feed, bounds: Bounds) -> Iterator[LeftOut]:
    there = [each for each in stays(known, lambda _fact: True) if each.end is None or each.end > bounds.from_at]
    if there and there[-1].last.fact is not None:
        reason = feed.refused_by(there[-1].last.fact)
        yield LeftOut(f"not: {reason}" if reason else "not met within the period")


def _event_rows(history: History, feed: Feed, bounds: Bounds) -> Iterator[Row | LeftOut]:
    read = instant_reader(bounds, days=feed.days)
    told = [each for each in history.changes if each.fact is not None]
    if told and all(each.fact.get(feed.date) is None for each in told if each.fact is not None):
        yield LeftOut(f"the date ({feed.date}) was not shown")
        return
    try:
        found = [each for each in happenings(told, lambda fact: fact.get(feed.date), read) if _within(each.value, bounds, feed, read)]
    except (ValueError, TypeError):
        yield LeftOut(f"the date ({feed.date}) cannot be read")
        return
    for each in found:
        if each.change.fact is not None and feed.takes(each.change.fact):
            yield Row(str(each.number) if each.number > 1 else "", each.change, {"at": _event_text(each.value, read, days=feed.days)})
        elif each.change.fact is not None:
            yield LeftOut(f"not: {feed.refused_by(each.change.fact)}")


def _part_rows(history: History, feed: Feed, bounds: Bounds) -> Iterator[Row | LeftOut]:
    read = instant_reader(bounds, days=feed.days)
    told = [each for each in history.changes if each.fact is not None]
    if not told:
        return
    last = told[-1]
    seen: dict[str, int] = {}
    for part in (last.fact or {}).get(feed.parts) or ():
        value = part.get(feed.date)
        try:
            inside = bool(value) and _within(value, bounds, feed, read)
        except (ValueError, TypeError):
            yield LeftOut(f"the date ({feed.parts} {feed.date}) cannot be read")
            continue
        if inside:
            seen[value] = seen.get(value, 0) + 1
            mark = value if seen[value] == 1 else f"{value}.{seen[value]}"
            yield Row(mark, last, {"at": _event_text(value, read, days=feed.days)}, part)


def _within(value: str, bounds: Bounds, feed: Feed, read: Callable[[str], datetime]) -> bool:
    if feed.days:
        return bounds.first_day <= date.fromisoformat(value[:10]) <= bounds.last_day
    return bounds.from_at <= read(value) < bounds.until_at


def _event_text(value: str, read: Callable[[str], datetime], *, days: bool) -> str:
    return value[:10] if days else _text(read(value))


def _text(at: datetime) -> str:
    """An instant with what is behind the seconds, if anything is: records are exact to the microsecond, and order must not be lost."""
    told = at.astimezone(UTC)
    return f"{told:%Y-%m-%dT%H:%M:%S}{f'.{told.microsecond:06d}' if told.microsecond else ''}Z"
