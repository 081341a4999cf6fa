"""The trail as members read it: filtered, newest first, paged by key in both directions, or whole for an export."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from compliance.trail.models import Entry
from compliance.trail.names import ActionName

PAGE = 50


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What to show; empty means all. Days are counted in `zone`, both ends included. `noun` is the first part of an action's name."""

    zone: ZoneInfo
    name: str = ""
    noun: str = ""
    who: str = ""
    about: str = ""
    first: date | None = None
    last: date | None = None

    def apply(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """The entries that match."""
        if self.name:
            entries = entries.filter(name=self.name)
        if self.noun:
            entries = entries.filter(name__startswith=f"{self.noun}.")
        if self.who:
            entries = entries.filter(actor_name__icontains=self.who)
        if self.about:
            entries = entries.filter(Q(subject_name__icontains=self.about) | Q(reason__icontains=self.about))
        if self.first:
            entries = entries.filter(at__gte=_start(self.first, self.zone))
        if self.last:
            entries = entries.filter(at__lt=_start(self.last + timedelta(days=1), self.zone))
        return entries


@dataclass(frozen=True, slots=True)
class TrailPage:
    """A page of entries with the cursors of its neighbours, as the page links want them."""

    entries: list[Entry]
    previous: str
    next: str

    @property
    def shown(self) -> int:
        """How many."""
        return len(self.entries)

    @property
    def total(self) -> None:
        """Not counted: the cost would grow with history."""
        return None


def trail_page(which: TrailFilter, *, cursor: str = "", size: int = PAGE) -> TrailPage:
    """The page at `cursor` (`older-<id>`, `newer-<id>`, or empty for the newest). A cursor that cannot be read counts as empty."""
    direction, key = _read(cursor)
    entries = which.apply(Entry.objects.all())
    if direction == "newer":
        rows = list(entries.filter(pk__gt=key).order_by("id")[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return TrailPage(rows, f"newer-{rows[0].pk}" if rows and more else "", f"older-{rows[-1].pk}" if rows else "")
    if direction == "older":
        entries = entries.filter(pk__lt=key)
    rows = list(entries.order_by("-id")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    return TrailPage(rows, f"newer-{rows[0].pk}" if rows and direction else "", f"older-{rows[-1].pk}" if more else "")


def trail_entries(which: TrailFilter) -> Iterator[Entry]:
    """All that match, newest first, without holding them at once: inside `reading()` only."""
    return which.apply(Entry.objects.all()).order_by("-id").iterator(chunk_size=500)


def nouns() -> list[str]:
    """First parts of the names of actions, in alphabetical order."""
    return sorted({each.value.split(".")[0] for each in ActionName} - {"test"})


def _read(cursor: str) -> tuple[str, uuid.UUID | None]:
    direction, _, text = cursor.partition("-")
    try:
        key = uuid.UUID(text)
    except ValueError:
        return "", None
    return (direction, key) if direction in ("older", "newer") else ("", None)


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
