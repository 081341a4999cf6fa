"""Days per state, counted fast: per day the first state of the order of precedence that it contains (see `controls.days`)."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from controls.days import LEAST_GAP, bounds
from controls.health import PRECEDENCE
from controls.outcomes import ControlState

_NOT_OBSERVED = PRECEDENCE[ControlState.NOT_OBSERVED]
_STATES = tuple(ControlState)
EpochPiece = tuple[float, float, str]


def day_edges(first: date, last: date, zone: ZoneInfo, until: datetime) -> list[float]:
    """Epoch seconds at which each complete local day begins, and the end of the last; only days that ended by `until`."""
    edges: list[float] = []
    day = first
    while day <= last:
        start, end = bounds(day, day, zone)
        if end > until:
            break
        if not edges:
            edges.append(start.timestamp())
        edges.append(end.timestamp())
        day += timedelta(days=1)
    return edges


def count_days(pieces: Iterable[EpochPiece], edges: Sequence[float]) -> dict[str, int]:
    """Number of complete days per state, all five keys; they add up to the days between the edges."""
    ranks = day_ranks(pieces, edges)
    return {state.value: ranks.count(rank) for state, rank in PRECEDENCE.items()}


def day_ranks(pieces: Iterable[EpochPiece], edges: Sequence[float]) -> bytearray:
    """The rank (in order of precedence) of each day. What no piece covers is not observed."""
    number = max(0, len(edges) - 1)
    if not number:
        return bytearray()
    ranks = bytearray([255]) * number
    covered = [0.0] * number
    for start, end, state in pieces:
        low, high = max(start, edges[0]), min(end, edges[-1])
        if low >= high:
            continue
        first, last = bisect_right(edges, low) - 1, bisect_right(edges, high - 1e-6) - 1
        rank = PRECEDENCE[ControlState(state)]
        for place in range(first, last + 1):
            ranks[place] = min(ranks[place], rank)
            covered[place] += min(high, edges[place + 1]) - max(low, edges[place])
    for place in range(number):
        if edges[place + 1] - edges[place] - covered[place] >= LEAST_GAP:
            ranks[place] = min(ranks[place], _NOT_OBSERVED)
    return ranks
