"""How often what took how long: for instance the time from leaving to the removal of access."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.ui.figures import figure
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.svg import el, image, number, pct

_HEIGHT, _AXIS, _TOP = 120, 96, 18


def histogram(bins: Sequence[tuple[str, int]], *, title: str, late_from: int | None = None, noun: str = "cases") -> Picture:
    """``bins`` are (words below the bar, count) in order; from the bin ``late_from`` on they missed the limit and are red.

    Raises ``ValueError`` without bins or for a negative count.
    """
    if not bins or any(count < 0 for _, count in bins):
        raise ValueError("A distribution needs at least one bin, and no bin holds fewer than nothing.")
    unit = (_AXIS - _TOP) / max(max(count for _, count in bins), 1)
    width = 100 / len(bins)
    parts = [el("line", class_="axis", x1=0, x2="100%", y1=_AXIS, y2=_AXIS)]
    for index, (words, count) in enumerate(bins):
        left, tall = index * width, count * unit
        late = late_from is not None and index >= late_from
        if count:
            box = {"x": pct(left + width * 0.08), "width": pct(width * 0.84), "y": number(_AXIS - tall, 1), "height": number(tall, 1)}
            parts.append(el("rect", class_="bar--failed" if late else "bar", **box))
        middle = pct(left + width / 2)
        parts.append(
            el("text", figure(count), class_="value" if count else None, x=middle, y=number(_AXIS - tall - 5, 1), text_anchor="middle")
        )
        parts.append(el("text", words, x=middle, y=_HEIGHT - 8, text_anchor="middle"))
    total = sum(count for _, count in bins)
    late_count = sum(count for _, count in bins[late_from:]) if late_from is not None else 0
    desc = ", ".join(f"{words}: {figure(count)}" for words, count in bins) + f"; {figure(total)} {noun} in all"
    desc += f", {figure(late_count)} beyond the limit." if late_from is not None else "."
    rows = tuple((words, figure(count)) for words, count in bins)
    table = DataTable(title, (("Within", False), (noun.capitalize(), True)), rows, "bins")
    return Picture(image(*parts, css="chart", height=_HEIGHT, title=title, desc=desc), table, desc)
