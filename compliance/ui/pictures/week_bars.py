"""Controls not met, by week: failing from the axis up, not observed above it."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.ui.figures import figure
from compliance.ui.moments import day_text
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.scale import Scale, nice_steps
from compliance.ui.pictures.svg import bar, el, image, pct

_HEIGHT, _AXIS, _TOP = 212, 206, 20
_WEEK = 7 * 86400
_FILL = 0.77
"""Part of its week that a bar takes; the rest parts it from the next."""


def week_bars(
    weeks: Sequence[tuple[float, int, int]],
    scale: Scale,
    *,
    title: str = "Controls not met, by week",
    total: int | None = None,
    noun: str = "controls",
) -> Picture:
    """``weeks`` are (epoch second at which the week begins, failing, not observed), each the highest of its week.

    Raises ``ValueError`` for a negative count.
    """
    if any(failing < 0 or unobserved < 0 for _, failing, unobserved in weeks):
        raise ValueError("A week cannot have fewer than no failing or unobserved controls.")
    top = max((failing + unobserved for _, failing, unobserved in weeks), default=0)
    unit = (_AXIS - _TOP) / max(top, 4)
    parts = [el("line", class_="axis", x1=0, x2="100%", y1=_AXIS, y2=_AXIS)]
    for value in nice_steps(max(top, 4), 3):
        y = round(_AXIS - value * unit)
        parts.append(el("line", class_="grid", x1=0, x2="100%", y1=y, y2=y))
        parts.append(el("text", figure(value), x="100%", dx=-2, text_anchor="end", y=y - 4))
    for begin, failing, unobserved in weeks:
        parts += _bars(scale, begin, failing * unit, unobserved * unit)
    words = _words(weeks, noun, total)
    table = DataTable(
        title,
        (("Week from", False), ("Failing", True), ("Not observed", True)),
        tuple((day_text(scale.day_at(begin)), figure(failing), figure(unobserved)) for begin, failing, unobserved in weeks),
        "weeks",
    )
    return Picture(image(*parts, css="chart", height=_HEIGHT, title=title, desc=words), table, words)


def _bars(scale: Scale, begin: float, failing: float, unobserved: float) -> list[str]:
    left, right = scale.x(begin), scale.x(begin + _WEEK)
    if right <= left:
        return []
    gap = (right - left) * (1 - _FILL) / 2
    x, width = left + gap, pct((right - left) * _FILL)
    bars = []
    if failing:
        bars.append(bar("bar--failed", x, round(_AXIS - failing, 1), width, round(failing, 1)))
    if unobserved:
        below = failing + (2 if failing else 0)
        bars.append(bar("s-unobserved", x, round(_AXIS - below - unobserved, 1), width, round(unobserved, 1)))
    return bars


def _words(weeks: Sequence[tuple[float, int, int]], noun: str, total: int | None) -> str:
    if not weeks:
        return "No week has passed yet."
    failing = [week[1] for week in weeks]
    unobserved = sum(1 for week in weeks if week[2])
    base = f" of {figure(total)}" if total is not None else ""
    return (
        f"Between {figure(min(failing))} and {figure(max(failing))}{base} {noun} failed at most in a week; "
        f"{figure(failing[-1])} in the last week. In {figure(unobserved)} of {figure(len(weeks))} weeks some were not observed."
    )
