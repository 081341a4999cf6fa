"""Month lines and today's plumb line, behind everything that hangs from the ruler."""

from __future__ import annotations

from django.utils.safestring import SafeString

from compliance.ui.pictures.scale import Scale
from compliance.ui.pictures.svg import el, pct


def hang_lines(scale: Scale, now: float | None = None) -> SafeString:
    """Vertical lines at each month of ``scale`` (strong at quarters and at both ends) and at ``now`` if it is within the period."""
    marks = [("quarter", 0.0)]
    marks += [("quarter" if day.month % 3 == 1 else "month", scale.x_of_day(day)) for day in scale.months()]
    marks.append(("quarter", 100.0))
    if scale.holds(now):
        marks.append(("today-line", scale.x(now)))
    lines = [el("line", class_=css, x1=pct(x), x2=pct(x), y1=0, y2="100%") for css, x in marks]
    return el("svg", *lines, class_="hang__lines", aria_hidden="true")
