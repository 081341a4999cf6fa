"""When within a period a stream was not observed: to be printed on the face of everything that speaks of the period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Piece = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Gap:
    """[start, end) without a whole reading. `kind`: before (the first reading), between (two readings), after (the last one), never."""

    start: datetime
    end: datetime
    kind: str

    def told(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "from": self.start.isoformat(),
            "until": self.end.isoformat(),
            "kind": self.kind,
            "seconds": round((self.end - self.start).total_seconds()),
        }


def gaps_of(pieces: Sequence[Piece], from_at: datetime, until_at: datetime, staleness: timedelta) -> list[Gap]:
    """Gaps of coverage within [from_at, until_at). `pieces` are in order and apart; each runs from its first whole reading to its last.
    Between two pieces nothing is inferred; after the last one a gap begins only when the next reading is overdue by then."""
    if until_at <= from_at:
        return []
    inside = [(start, end) for start, end in pieces if end >= from_at and start < until_at]
    if not inside:
        return [Gap(from_at, until_at, "never" if not pieces else "before" if pieces[0][0] >= until_at else "after")]
    gaps: list[Gap] = []
    earlier = [end for start, end in pieces if end < from_at]
    if inside[0][0] > from_at:
        gaps.append(Gap(from_at, inside[0][0], "between" if earlier else "before"))
    for (_start, end), (following, _end) in zip(inside, inside[1:], strict=False):
        gaps.append(Gap(end, following, "between"))
    last = inside[-1][1]
    later = [start for start, _end in pieces if start >= until_at]
    if last < until_at and (later or until_at - last > staleness):
        gaps.append(Gap(last, until_at, "between" if later else "after"))
    return gaps
