"""Until when something is kept: the end of the period it belongs to, and the years that follow. Plain Python."""

from collections.abc import Iterable, Sequence
from datetime import datetime

DEFAULT_YEARS = 7


def keep_until(at: datetime, ends: Sequence[datetime], years: int) -> datetime | None:
    """When something whose life ended at `at` may go: the end of the first period that ends then or later, plus `years`. None while there
    is no such period: what belongs to a period that nobody has set yet is kept."""
    later = [end for end in ends if end >= at]
    return years_after(min(later), years) if later else None


def expired_before(now: datetime, ends: Iterable[datetime], years: int) -> datetime | None:
    """The latest instant whose things may go by now; None where nothing may. Agrees with `keep_until`: at or before it all may go."""
    return max((end for end in ends if years_after(end, years) <= now), default=None)


def years_after(at: datetime, years: int) -> datetime:
    """The same day and time, years later; 28 February where the year has no 29th."""
    try:
        return at.replace(year=at.year + years)
    except ValueError:
        return at.replace(year=at.year + years, day=28)


def years_of(rules: Iterable[tuple[str, object, int]], kind: str, abouts: Sequence[object] = ()) -> int:
    """The years that count for something of that kind within those frames, out of rules (kind, frame or None, years).

    For each frame the most particular rule counts: of the kind in the frame, of the frame, of the kind, of everything, and 7 years where
    there is none. Where several frames hold the thing, the longest of theirs.
    """
    told = {(rule_kind, about): years for rule_kind, about, years in rules}

    def within(about: object) -> int:
        for key in ((kind, about), ("", about), (kind, None), ("", None)):
            if key in told:
                return told[key]
        return DEFAULT_YEARS

    return max(within(about) for about in (abouts or (None,)))
