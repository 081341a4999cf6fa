"""A measured rate, the upper limit it stands for, and the rate that is tolerable: shown for judgement, with no conclusion."""

from __future__ import annotations

from compliance.ui.figures import figure
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.scale import nice_steps
from compliance.ui.pictures.svg import el, image, pct

_HEIGHT, _AXIS = 96, 68


def limit_line(
    rate: float, upper: float, tolerable: float, *, confidence: float, title: str = "Upper deviation limit against the tolerable rate"
) -> Picture:
    """All in percent, 0 to 100. Raises ``ValueError`` when they are not, or when the upper limit is below the rate."""
    if not (0 <= rate <= upper <= 100 and 0 <= tolerable <= 100 and 0 < confidence < 100):
        raise ValueError("Rates are percents from 0 to 100, and the upper limit is at least the rate.")
    longest = max(max(upper, tolerable) * 1.15, 1)
    steps = nice_steps(longest, 4)
    top = min(-(-longest // steps[0]) * steps[0], 100)
    parts = []
    ticks = [0.0, *(steps[0] * (index + 1) for index in range(int(top / steps[0])))]
    for tick in ticks:
        x = pct(tick / top * 100)
        anchor = "start" if tick == 0 else "end" if tick == ticks[-1] else "middle"
        parts.append(el("line", class_="grid", x1=x, x2=x, y1=24, y2=_AXIS))
        parts.append(el("text", figure(tick, "%") if tick == ticks[-1] else figure(tick), x=x, y=86, text_anchor=anchor))
    at, end, line = rate / top * 100, upper / top * 100, tolerable / top * 100
    parts += [
        el("line", class_="axis", x1=0, x2="100%", y1=_AXIS, y2=_AXIS),
        el("rect", class_="bar", x=pct(at), y=43, width=pct(end - at), height=6),
        el("rect", class_="bar", x=pct(end), y=37, width=2, height=18),
        el("svg", el("path", class_="leaf", d="M0-7 7 0 0 7-7 0z"), x=pct(at), y=46, overflow="visible"),
        el("line", class_="limit", x1=pct(line), x2=pct(line), y1=20, y2=_AXIS),
        el("text", f"tolerable {figure(tolerable, '%')}", class_="value", x=pct(line), y=14, text_anchor=_anchor(line)),
        el("text", figure(rate, "%"), class_="value", x=pct(at), y=34, text_anchor=_anchor(at)),
        el("text", figure(upper, "%"), class_="value", x=pct(end), dx=8, y=50),
    ]
    desc = (
        f"Deviation rate in the sample {figure(rate, '%')}. Upper limit {figure(upper, '%')} at {figure(confidence, '%')} confidence. "
        f"Tolerable rate {figure(tolerable, '%')}."
    )
    rows = (
        ("Rate in the sample", figure(rate, "%")),
        ("Upper limit", figure(upper, "%")),
        ("Tolerable rate", figure(tolerable, "%")),
        ("Confidence", figure(confidence, "%")),
    )
    return Picture(
        image(*parts, css="chart", height=_HEIGHT, title=title, desc=desc),
        DataTable(title, (("Figure", False), ("Value", True)), rows),
        desc,
    )


def _anchor(x: float) -> str:
    return "start" if x < 12 else "end" if x > 88 else "middle"
