"""How long each failure lasted, against the time within which it has to be fixed."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.ui.figures import duration, figure
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.scale import nice_steps
from compliance.ui.pictures.svg import el, image, pct

_ROW, _BAR, _FOOT = 30, 8, 24
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def duration_bars(
    failures: Sequence[tuple[str, float, bool]], *, limit: float | None = None, title: str = "Duration of each failure"
) -> Picture:
    """``failures`` are (name, seconds, still open), at most as many as one can read; ``limit`` in seconds is drawn as a line.

    An open failure is red, a fixed one plain. Raises ``ValueError`` for a negative length.
    """
    if any(seconds < 0 for _, seconds, _ in failures):
        raise ValueError("A failure cannot last less than no time.")
    longest = max([seconds for _, seconds, _ in failures] + [limit or 0, 1])
    size, unit = next(pair for pair in _UNITS if longest >= pair[0])
    steps = nice_steps(longest / size, 5) or [1.0]
    top = max(-(-longest / size // steps[0]) * steps[0], steps[0])
    height = _ROW * len(failures) + _FOOT + 2
    axis = height - _FOOT
    parts = [el("line", class_="axis", x1=0, x2=0, y1=0, y2=axis), el("text", "0", x=0, y=height - 6)]
    ticks = [steps[0] * (index + 1) for index in range(int(top / steps[0]))]
    for tick in ticks:
        x, last = pct(tick / top * 100), tick == ticks[-1]
        parts.append(el("line", class_="grid", x1=x, x2=x, y1=0, y2=axis))
        word = f"{figure(tick)} {unit}" if last else figure(tick)
        parts.append(el("text", word, x=x, y=height - 6, text_anchor="end" if last else "middle"))
    for index, (_, seconds, still_open) in enumerate(failures):
        y = index * _ROW + 18
        width = pct(max(seconds / size / top * 100, 0.5))
        parts.append(el("rect", class_="bar--failed" if still_open else "bar", x=0, y=y, width=width, height=_BAR))
    if limit is not None:
        x = pct(limit / size / top * 100)
        parts.append(el("line", class_="limit", x1=x, x2=x, y1=0, y2=axis))
    # Names come last: their halo hides the limit's line behind them.
    for index, (name, _, still_open) in enumerate(failures):
        parts.append(el("text", f"{name}, {'open' if still_open else 'fixed'}", x=0, dx=6, y=index * _ROW + 13))
    words = "; ".join(f"{name} {duration(seconds)}, {'open' if still_open else 'fixed'}" for name, seconds, still_open in failures)
    desc = f"{words or 'No failure'}." + (f" Limit {duration(limit)}." if limit is not None else "")
    rows = tuple((name, duration(seconds), "open" if still_open else "fixed") for name, seconds, still_open in failures)
    table = DataTable(title, (("Failure", False), ("Lasted", True), ("Now", False)), rows, "failures")
    return Picture(image(*parts, css="chart", height=height, title=title, desc=desc), table, desc)
