"""The state of a control over time: the rule, as one pure function (architecture: failed > not observed > waived > met > no occurrence)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from controls.outcomes import CheckState, ControlState

PRECEDENCE = {state: rank for rank, state in enumerate(ControlState)}
NOTHING_LOOKS = "nothing that decides this control has looked yet"


@dataclass(frozen=True, slots=True)
class Point:
    """A check from `at` on, until its next point."""

    at: datetime
    check: str
    state: CheckState
    failing: int = 0
    waived: int = 0
    explained: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """One occurrence of a periodic control: counts from `opens_at`, due at `due_at`, late from `late_at` on."""

    opens_at: datetime
    due_at: datetime
    late_at: datetime
    performed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """The control's state from `start` until `end`."""

    start: datetime
    end: datetime
    state: ControlState
    reason: str = ""


def state_of_point(point: Point) -> ControlState:
    """What one deciding check says of its control."""
    match point.state:
        case CheckState.FAIL:
            return ControlState.FAILED if point.failing > point.waived else ControlState.WAIVED
        case CheckState.PASS:
            return ControlState.MET
        case CheckState.NOT_APPLICABLE:
            return ControlState.NO_OCCURRENCE
        case CheckState.NO_POPULATION if point.explained:
            return ControlState.NO_OCCURRENCE
    return ControlState.NOT_OBSERVED


def said_of_point(point: Point) -> tuple[ControlState, str]:
    """What one deciding check says of its control, and why."""
    return state_of_point(point), _reason(point)


def state_of_occurrence(due: Due, at: datetime) -> ControlState | None:
    """What one occurrence says at an instant, None outside its time. Performed in time: met over the interval that ends at its due
    date. Late or missed: failed from due plus grace until performed."""
    if at >= due.late_at:
        return ControlState.FAILED if due.performed_at is None or due.performed_at > at else None
    if not due.opens_at <= at < due.due_at:
        return None
    in_time = due.performed_at is not None and due.performed_at <= due.late_at
    return ControlState.MET if in_time else ControlState.NO_OCCURRENCE


def pieces(points: Sequence[Point], dues: Sequence[Due], start: datetime, end: datetime) -> list[Piece]:
    """The control's states over [start, end), joined where equal. A check takes part from its first point on; where nothing
    decides, nothing was observed."""
    instants = sorted({start, *(p.at for p in points if start < p.at < end), *(i for d in dues for i in _instants(d) if start < i < end)})
    result: list[Piece] = []
    by_check = _by_check(points)
    for number, instant in enumerate(instants):
        until = instants[number + 1] if number + 1 < len(instants) else end
        state, reason = state_at(by_check.values(), dues, instant)
        if result and result[-1].state is state and result[-1].reason == reason:
            result[-1] = Piece(result[-1].start, until, state, reason)
        else:
            result.append(Piece(instant, until, state, reason))
    return result


def state_at(timelines: Iterable[Sequence[Point]], dues: Sequence[Due], at: datetime) -> tuple[ControlState, str]:
    """The control's state and why, at one instant. Each timeline is one check's points in order of time."""
    said: list[tuple[ControlState, str]] = []
    for timeline in timelines:
        current = _last_before(timeline, at)
        if current is not None:
            said.append(said_of_point(current))
    for due in dues:
        state = state_of_occurrence(due, at)
        if state is not None:
            said.append((state, _due_reason(state, due)))
    if not said:
        return ControlState.NOT_OBSERVED, NOTHING_LOOKS
    return min(said, key=lambda each: PRECEDENCE[each[0]])


def _by_check(points: Sequence[Point]) -> dict[str, list[Point]]:
    by_check: dict[str, list[Point]] = {}
    for point in sorted(points, key=lambda each: each.at):
        by_check.setdefault(point.check, []).append(point)
    return dict(sorted(by_check.items()))  # of several that say the same, the first by name gives the reason, whenever we begin to look


def _last_before(timeline: Sequence[Point], at: datetime) -> Point | None:
    current = None
    for point in timeline:
        if point.at > at:
            break
        current = point
    return current


def _instants(due: Due) -> tuple[datetime, ...]:
    return tuple(each for each in (due.opens_at, due.due_at, due.late_at, due.performed_at) if each is not None)


def _reason(point: Point) -> str:
    if point.state is CheckState.PASS:
        return ""
    return f"{point.check}: {point.state.value.replace('_', ' ')}"


def _due_reason(state: ControlState, due: Due) -> str:
    match state:
        case ControlState.FAILED:
            return f"due {due.due_at:%Y-%m-%d}, not performed in time"
        case ControlState.MET:
            return "performed"
    return f"next due {due.due_at:%Y-%m-%d}"
