"""Calls to a vendor by day, and the headroom below its rate limit."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.ui.figures import figure, percent
from compliance.ui.moments import day_text, utc_instant, zone_of
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.scale import percent_of
from compliance.ui.pictures.svg import el, image, number, pct

_HEIGHT, _AXIS, _TOP = 96, 72, 16
_DAY = 86400


def calls_bar(
    days: Sequence[tuple[float, int]],
    start: float,
    end: float,
    *,
    limit: int | None = None,
    label: str = "Calls",
    throttled: int = 0,
    zone: str = "UTC",
) -> Picture:
    """``days`` are (epoch second at which the day begins, calls). ``limit`` is what the vendor allows in a day, if it says so.

    The axis ends at the limit unless the busiest day stays below a third of it; then the limit is said in words only.
    """
    percent_of(start, start, end)
    busiest = max((calls for _, calls in days), default=0)
    shows_limit = limit is not None and busiest * 3 >= limit
    top = max(busiest, limit if shows_limit and limit else 0, 1)
    unit = (_AXIS - _TOP) / top
    parts = [el("line", class_="axis", x1=0, x2="100%", y1=_AXIS, y2=_AXIS)]
    for begin, calls in days:
        left, right = percent_of(begin, start, end), percent_of(begin + _DAY, start, end)
        tall = max(calls * unit, 1) if calls else 0
        if tall and right > left:
            gap = (right - left) * 0.1
            over = limit is not None and calls >= limit
            box = {"x": pct(left + gap), "width": pct(right - left - 2 * gap), "y": number(_AXIS - tall, 1), "height": number(tall, 1)}
            parts.append(el("rect", class_="bar--failed" if over else "bar", **box))
    if shows_limit:
        y = number(_AXIS - limit * unit, 1)
        parts.append(el("line", class_="limit", x1=0, x2="100%", y1=y, y2=y))
        parts.append(el("text", f"limit {figure(limit)}", x="100%", y=12, text_anchor="end"))
    else:
        parts.append(el("text", f"busiest {figure(busiest)}", x="100%", y=12, text_anchor="end"))

    def day(instant: float) -> str:
        return day_text(utc_instant(instant).astimezone(zone_of(zone)).date(), year=False)

    parts.append(el("text", day(start), x=0, y=_HEIGHT - 6))
    parts.append(el("text", day(end - 1), x="100%", y=_HEIGHT - 6, text_anchor="end"))
    words = _words(days, busiest, limit, throttled)
    rows = tuple((day(begin), figure(calls), percent(calls, limit) if limit else "–") for begin, calls in days)
    table = DataTable(label, (("Day", False), ("Calls", True), ("Of the limit", True)), rows, "days")
    return Picture(image(*parts, css="chart", height=_HEIGHT, title=label, desc=words), table, words)


def _words(days: Sequence[tuple[float, int]], busiest: int, limit: int | None, throttled: int) -> str:
    total = sum(calls for _, calls in days)
    sentence = f"{figure(total)} calls in {figure(len(days))} days, {figure(busiest)} on the busiest day"
    if limit:
        left = max(limit - busiest, 0)
        sentence += f" of {figure(limit)} allowed: {percent(left, limit)} left"
    held = f"; {figure(throttled)} held back by the vendor" if throttled else ""
    return f"{sentence}{held}."
