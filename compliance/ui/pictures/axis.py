"""A scale over any stretch of time: words above, lines behind everything that hangs from it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.safestring import SafeString

from compliance.ui.pictures.scale import percent_of
from compliance.ui.pictures.svg import el, pct

HEIGHT = 20


def axis(ticks: Iterable[tuple[float, str, bool]], start: float, end: float) -> SafeString:
    """The words of the scale, ``(at, label, strong)`` in epoch seconds. Decoration: what it says stands in words elsewhere."""
    drawn = []
    for at, label, strong in ticks:
        x = percent_of(at, start, end)
        drawn.append(el("line", class_="axis__tick", x1=pct(x), x2=pct(x), y1=HEIGHT - (8 if strong else 5), y2=HEIGHT))
        if label and x < 97:
            drawn.append(el("text", label, x=pct(x), y=10, dx=3))
    return el("svg", *drawn, class_="axis", width="100%", height=HEIGHT, aria_hidden="true")


def axis_lines(ticks: Iterable[tuple[float, str, bool]], start: float, end: float, now: float | None = None) -> SafeString:
    """Vertical lines at the ticks, and at ``now`` where it lies within."""
    marks = [("quarter" if strong else "month", percent_of(at, start, end)) for at, _label, strong in ticks] + [("quarter", 100.0)]
    if now is not None and start <= now < end:
        marks.append(("today-line", percent_of(now, start, end)))
    lines = [el("line", class_=css, x1=pct(x), x2=pct(x), y1=0, y2="100%") for css, x in marks]
    return el("svg", *lines, class_="hang__lines", aria_hidden="true")
