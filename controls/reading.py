"""Turning rows into what a page draws: pieces with a present, days per state, words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from controls.counting import EpochPiece, count_days
from controls.outcomes import CheckState, ControlState

NEEDS_YOU = (ControlState.FAILED.value, ControlState.NOT_OBSERVED.value)
ORDER = [state.value for state in ControlState]
STATE_WORDS = {
    "failed": "Failing", "not_observed": "Not observed", "waived": "Failing, waived", "met": "Met", "no_occurrence": "No occurrence",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lane:
    """One line over time: what it is called, its pieces, and its days per state."""

    title: str
    code: str
    url: str
    pieces: list[EpochPiece]
    days: dict[str, int]
    state: str
    note: str = ""
    kind: str = ""


def point_state(state: str, failing: int, waived: int, explained: bool) -> str:
    """A check's point in the words of a control's states, for lanes."""
    match CheckState(state):
        case CheckState.FAIL:
            return "failed" if failing > waived else "waived"
        case CheckState.PASS:
            return "met"
        case CheckState.NOT_APPLICABLE:
            return "no_occurrence"
        case CheckState.NO_POPULATION if explained:
            return "no_occurrence"
    return "not_observed"


def pieces_of_points(points: Sequence[Any], start: datetime, until: datetime) -> list[EpochPiece]:
    """Pieces within [start, until) from points in order of time, equal neighbours joined."""
    low, high = start.timestamp(), until.timestamp()
    pieces: list[EpochPiece] = []
    for number, point in enumerate(points):
        begin = max(point.at.timestamp(), low)
        finish = points[number + 1].at.timestamp() if number + 1 < len(points) else high
        finish = min(finish, high)
        if finish <= begin:
            continue
        state = point_state(point.state, point.failing, point.waived, point.explained)
        if pieces and pieces[-1][2] == state and pieces[-1][1] == begin:
            pieces[-1] = (pieces[-1][0], finish, state)
        else:
            pieces.append((begin, finish, state))
    return pieces


def days_of(pieces: Sequence[EpochPiece], edges: Sequence[float]) -> dict[str, int]:
    """Days per state for a strip's text and figures."""
    return count_days(pieces, edges)
