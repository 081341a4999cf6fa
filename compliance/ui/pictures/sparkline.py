"""A small line without axes, for a row: how a count moved. Steps, never smoothed."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.ui.figures import figure
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.svg import el, image, number

_HEIGHT, _WIDTH = 16, 100
_TONES = {"": "line", "failed": "line line--failed", "unobserved": "line line--unobserved"}


def sparkline(values: Sequence[float], *, label: str = "", tone: str = "") -> Picture:
    """Draw ``values`` at even steps from the first to the last; the words name the last, lowest and highest.

    ``tone`` is empty (ink), failed or unobserved.
    """
    if tone not in _TONES:
        raise ValueError(f"Unknown tone {tone!r} of a sparkline; use failed, unobserved or none.")
    if not values:
        words = "no values yet"
        svg = image(css="spark", height=_HEIGHT, title=f"{label}: {words}" if label else words, titled=False)
        return Picture(svg, None, words)
    low, high = min(min(values), 0), max(values)
    unit = (_HEIGHT - 3) / ((high - low) or 1)
    width = _WIDTH / len(values)
    steps = []
    for index, value in enumerate(values):
        y = number(_HEIGHT - 1.5 - (value - low) * unit, 1)
        steps.append(f"M0 {y}" if index == 0 else f"V{y}")
        steps.append(f"H{number(width * (index + 1), 1)}")
    path = el("path", class_=_TONES[tone], d="".join(steps))
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    inner = el("svg", path, x=0, y=0, width="100%", height=_HEIGHT, viewBox=box, preserveAspectRatio="none")
    words = f"{figure(values[-1])} now, {figure(min(values))} at the lowest, {figure(high)} at the highest"
    rows = tuple((str(index + 1), figure(value)) for index, value in enumerate(values))
    table = DataTable(label or "Values", (("Step", True), ("Value", True)), rows, "values")
    return Picture(image(inner, css="spark", height=_HEIGHT, title=f"{label}: {words}" if label else words, titled=False), table, words)
