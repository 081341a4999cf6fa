"""Counting days: in the organization's zone, ends included, the first state in order of precedence that a day contains."""

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from controls.health import PRECEDENCE, Piece
from controls.outcomes import ControlState

A_MOMENT = timedelta(seconds=1)  # what ends at midnight ends on the day before
LEAST_GAP = 0.5  # seconds: less than that between two pieces is rounding, not blindness


@dataclass(frozen=True, slots=True)
class Day:
    """One local day: the state shown, and the seconds of each state in it (a day of a clock change has 23 or 25 hours)."""

    day: date
    state: ControlState
    seconds: dict[ControlState, int] = field(default_factory=dict)


def bounds(first: date, last: date, zone: zoneinfo.ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which the first day begins and the last day ends."""
    return datetime.combine(first, time.min, zone), datetime.combine(last + timedelta(days=1), time.min, zone)


def days(history: Sequence[Piece], first: date, last: date, zone: zoneinfo.ZoneInfo, until: datetime | None = None) -> list[Day]:
    """Each complete local day from `first` to `last` (at most those that ended by `until`). What no piece covers is not observed."""
    result: list[Day] = []
    ordered = sorted(history, key=lambda piece: piece.start)
    place = 0
    day = first
    while day <= last:
        start, end = bounds(day, day, zone)
        if until is not None and end > until:
            break
        while place < len(ordered) and ordered[place].end <= start:
            place += 1
        result.append(_day(ordered, place, day, start, end))
        day += timedelta(days=1)
    return result


def totals(counted: Sequence[Day]) -> dict[ControlState, int]:
    """Number of days per state; they add up to the days."""
    return {state: sum(1 for day in counted if day.state is state) for state in ControlState}


def _day(ordered: Sequence[Piece], place: int, day: date, start: datetime, end: datetime) -> Day:
    seconds: dict[ControlState, float] = {}
    whole = _length(start, end)
    covered = 0.0
    while place < len(ordered) and ordered[place].start < end:
        piece = ordered[place]
        length = _length(max(piece.start, start), min(piece.end, end))
        if length > 0:
            seconds[piece.state] = seconds.get(piece.state, 0.0) + length
            covered += length
        place += 1
    if whole - covered >= LEAST_GAP:
        seconds[ControlState.NOT_OBSERVED] = seconds.get(ControlState.NOT_OBSERVED, 0.0) + whole - covered
    return Day(day, min(seconds, key=lambda state: PRECEDENCE[state]), {state: round(each) for state, each in seconds.items()})


def _length(start: datetime, end: datetime) -> float:
    # In UTC: the difference of two local times of one zone would ignore a change of the clock between them.
    return (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds()
