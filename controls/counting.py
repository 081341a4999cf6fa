"""Days per state, counted fast: per day the first state of the order of precedence that it contains (see `controls.days`)."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from controls.days import LEAST_GAP
from controls.health import PRECEDENCE
from controls.outcomes import ControlState

_NOT_OBSERVED = PRECEDENCE[ControlState.NOT_OBSERVED]
_RANKS = {state.value: rank for state, rank in PRECEDENCE.items()}
_UNTOLD = 255
EpochPiece = tuple[float, float, str]


def day_edges(first: date, last: date, zone: ZoneInfo, until: datetime) -> Sequence[float]:
    """Epoch seconds at which each complete local day begins, and the end of the last; only days that ended by `until`."""
    edges = _edges(first, last, zone)
    ended = bisect_right(edges, until.timestamp())
    return edges[:ended] if ended > 1 else ()


@lru_cache(maxsize=64)
def _edges(first: date, last: date, zone: ZoneInfo) -> tuple[float, ...]:
    # every page of an organization shows the same period, and asking a time zone 700 times costs a millisecond
    days = (first + timedelta(days=number) for number in range((last - first).days + 2))
    return tuple(datetime.combine(day, time.min, zone).timestamp() for day in days) if last >= first else ()


def count_days(pieces: Iterable[EpochPiece], edges: Sequence[float]) -> dict[str, int]:
    """Number of complete days per state, all five keys; they add up to the days between the edges."""
    ranks = day_ranks(pieces, edges)
    return {state.value: ranks.count(rank) for state, rank in PRECEDENCE.items()}


def day_ranks(pieces: Iterable[EpochPiece], edges: Sequence[float]) -> bytearray:
    """The rank (in order of precedence) of each day. What no piece covers is not observed."""
    number = max(0, len(edges) - 1)
    if not number:
        return bytearray()
    ranks = bytearray([_UNTOLD]) * number
    whole = bytearray(number)  # days that one piece covers from end to end
    partly: dict[int, float] = {}  # seconds covered of the days in which a piece begins or ends
    for start, end, state in pieces:
        low, high = max(start, edges[0]), min(end, edges[-1])
        if low >= high:
            continue
        first, last = bisect_right(edges, low) - 1, bisect_right(edges, high - 1e-6) - 1
        rank = _RANKS[state]
        for place in (first, last) if first < last else (first,):
            ranks[place] = min(ranks[place], rank)
            partly[place] = partly.get(place, 0.0) + min(high, edges[place + 1]) - max(low, edges[place])
        within = last - first - 1
        if within > 0:  # by slices: a period has hundreds of days and a page hundreds of controls
            before = ranks[first + 1 : last]
            told = before.count(_UNTOLD) < within
            ranks[first + 1 : last] = bytes(min(each, rank) for each in before) if told else bytes([rank]) * within
            whole[first + 1 : last] = b"\1" * within
    for place, seconds in partly.items():
        if not whole[place] and edges[place + 1] - edges[place] - seconds >= LEAST_GAP:
            ranks[place] = min(ranks[place], _NOT_OBSERVED)
    return ranks.replace(bytes([_UNTOLD]), bytes([_NOT_OBSERVED]))


def of_each_day(ranks: Sequence[bytearray], state: ControlState) -> list[int]:
    """How many of several controls are in a state on each day, given the ranks of each over the same days."""
    if not ranks:
        return []
    days, rank = len(ranks[0]), PRECEDENCE[state]
    together = b"".join(ranks)
    return [together[day::days].count(rank) for day in range(days)]  # a stride is one day of all controls
