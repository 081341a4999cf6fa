"""The stretch of a period that a page looks at: all of it, or a month, week, day or hour of it, in the organization's zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UNITS = ("period", "month", "week", "day", "hour")
_FINER = dict(zip(UNITS, UNITS[1:], strict=False))


class BadWindow(ValueError):
    """`?unit=` or `?on=` says nothing; the message says what is accepted."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale: where (epoch seconds), what is written at it (may be empty), and whether it is a strong one."""

    at: float
    label: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open, instants aware. `on` is the address of this window (`?on=`)."""

    unit: str
    start: datetime
    end: datetime
    zone: ZoneInfo

    @property
    def name(self) -> str:
        """What this stretch is called."""
        local, last = self.start.astimezone(self.zone), (self.end - timedelta(seconds=1)).astimezone(self.zone)
        return {
            "period": f"{local:%-d %b %Y} – {last:%-d %b %Y}", "month": f"{local:%B %Y}", "week": f"{local:%-d %b} – {last:%-d %b %Y}",
            "day": f"{local:%A, %-d %B %Y}", "hour": f"{local:%-d %B %Y, %H:%M} – {self.end.astimezone(self.zone):%H:%M}",
        }[self.unit]  # fmt: skip

    @property
    def finer(self) -> str:
        """The unit one step closer, empty at the hour."""
        return _FINER.get(self.unit, "")

    def beside(self, step: int) -> datetime:
        """An instant within the window before (-1) or after (1)."""
        return self.end + timedelta(seconds=1) if step > 0 else self.start - timedelta(seconds=1)

    def ticks(self) -> Iterator[Tick]:
        """The lines of the scale with their words, at most some forty."""
        marks = {"period": self._months, "month": self._days, "week": self._days, "day": self._hours, "hour": self._minutes}
        yield from marks[self.unit]()

    def _months(self) -> Iterator[Tick]:
        day = self.start.astimezone(self.zone).date().replace(day=1)
        while (at := _midnight(day, self.zone)) < self.end:
            if at >= self.start:
                yield Tick(at.timestamp(), f"{day:%b}", day.month % 3 == 1)
            day = (day + timedelta(days=32)).replace(day=1)

    def _days(self) -> Iterator[Tick]:
        day = self.start.astimezone(self.zone).date()
        while (at := _midnight(day, self.zone)) < self.end:
            monday = day.weekday() == 0
            yield Tick(at.timestamp(), f"{day:%-d %b}" if monday or self.unit == "week" else "", monday)
            day += timedelta(days=1)

    def _hours(self) -> Iterator[Tick]:
        yield from self._steps(timedelta(hours=1), lambda local: f"{local:%H:%M}" if local.hour % 6 == 0 else "")

    def _minutes(self) -> Iterator[Tick]:
        yield from self._steps(timedelta(minutes=5), lambda local: f"{local:%H:%M}" if local.minute % 15 == 0 else "")

    def _steps(self, step: timedelta, word) -> Iterator[Tick]:
        """In real time: a day of a change of the clock has 23 or 25 hours, and its hours are called as the clock on the wall calls them."""
        at = self.start.astimezone(UTC)
        while at < self.end:
            said = word(at.astimezone(self.zone))
            yield Tick(at.timestamp(), said, bool(said))
            at += step


def window(unit: str, on: str, *, start: datetime, end: datetime, zone: ZoneInfo, now: datetime) -> Window:
    """The window asked for within a period; without `on` the one that holds `now`, or the period's last. It is cut at the period's ends.
    Raises BadWindow."""
    unit = unit or "period"
    if unit not in UNITS:
        raise BadWindow(f"“{unit[:20]}” is no unit; use one of {', '.join(UNITS)}.")
    if unit == "period":
        return Window(unit, start, end, zone)
    at = _instant(on, zone) if on else now
    at = min(max(at, start), end - timedelta(seconds=1))
    first, last = _bounds(unit, at, zone)
    return Window(unit, max(first, start), min(last, end), zone)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    try:
        told = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadWindow("Say a day such as 2026-05-04, or an hour such as 2026-05-04T13:00.") from error
    if not 2000 <= told.year < 2200:
        raise BadWindow("Say a day between 2000 and 2200.")
    return told if told.tzinfo else told.replace(tzinfo=zone)


def _bounds(unit: str, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    if unit == "hour":
        first = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return first, first + timedelta(hours=1)
    day = at.astimezone(zone).date()
    first = {"month": day.replace(day=1), "week": day - timedelta(days=day.weekday()), "day": day}[unit]
    following = {"month": (first + timedelta(days=32)).replace(day=1), "week": first + timedelta(days=7), "day": first + timedelta(days=1)}[
        unit
    ]
    return _midnight(first, zone), _midnight(following, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)
