"""The scale of a period: which percent of its width an instant stands at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from compliance.ui.moments import zone_of


@dataclass(frozen=True)
class Scale:
    """Days ``first`` to ``last``, both included, in ``zone``. Raises ``ValueError`` when the last day is before the first."""

    first: dt.date
    last: dt.date
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"A period cannot end ({self.last}) before it begins ({self.first}).")
        zone_of(self.zone)

    def _midnight(self, day: dt.date) -> float:
        return dt.datetime.combine(day, dt.time(), zone_of(self.zone)).timestamp()

    @cached_property
    def start(self) -> float:
        """Epoch second at which the first day begins."""
        return self._midnight(self.first)

    @cached_property
    def end(self) -> float:
        """Epoch second at which the last day is over; not part of the period."""
        return self._midnight(self.last + dt.timedelta(days=1))

    @property
    def days(self) -> int:
        """Days of the period, ends included."""
        return (self.last - self.first).days + 1

    def x(self, instant: float) -> float:
        """Percent of the width, 0 at the start and 100 at the end; instants outside stand at the nearer end."""
        return percent_of(instant, self.start, self.end)

    def x_of_day(self, day: dt.date) -> float:
        """Percent at which ``day`` begins."""
        return self.x(self._midnight(day))

    def day_at(self, instant: float) -> dt.date:
        """The calendar day of an instant in the zone of the period."""
        return dt.datetime.fromtimestamp(instant, zone_of(self.zone)).date()

    def day_number(self, instant: float) -> int:
        """1 on the first day, ``days`` on the last; smaller before and larger after the period."""
        return (self.day_at(instant) - self.first).days + 1

    def holds(self, instant: float | None) -> bool:
        """Whether ``instant`` lies within the period."""
        return instant is not None and self.start <= instant < self.end

    def months(self) -> Iterator[dt.date]:
        """First days of the months that begin within the period, the period's own first day excepted."""
        year, month = self.first.year, self.first.month
        while True:
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
            day = dt.date(year, month, 1)
            if day > self.last:
                return
            yield day


def percent_of(instant: float, start: float, end: float) -> float:
    """Percent of the way from ``start`` to ``end``, clamped to 0 and 100. Raises ``ValueError`` when the range is empty."""
    if end <= start:
        raise ValueError("A picture over time needs an end after its start.")
    return min(100.0, max(0.0, (instant - start) / (end - start) * 100))


def nice_steps(top: float, most: int = 4) -> list[float]:
    """Round values above nothing for grid lines, at most ``most`` of them, the last not above ``top``: 5, 10, 15."""
    if top <= 0:
        return []
    step = 1.0
    while True:
        for factor in (1, 2, 5):
            if top / (step * factor) < most + 1:
                count = int(top / (step * factor))
                return [step * factor * (index + 1) for index in range(count)]
        step *= 10
