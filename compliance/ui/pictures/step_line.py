"""Counts over time as steps, never smoothed: failing subjects, size of a population, requests asked and accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.ui.figures import figure
from compliance.ui.moments import day_text, instant_text, utc_instant, zone_of
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.scale import nice_steps, percent_of
from compliance.ui.pictures.svg import el, image, number, pct

_TONES = {"ink": "line", "thin": "line line--thin", "failed": "line line--failed", "unobserved": "line line--unobserved"}
_TOP, _TOP_DATED = 16, 20
_WIDTH = 1000


@dataclass(frozen=True)
class Series:
    """One line. ``points`` are (epoch second, value): the value holds until the next point.

    ``tone`` is ink, thin, failed or unobserved; ``filled`` draws blocks from the axis up instead of a line.
    """

    name: str
    tone: str
    points: tuple[tuple[float, float], ...]
    filled: bool = False

    def __post_init__(self) -> None:
        if self.tone not in _TONES:
            raise ValueError(f"Unknown tone {self.tone!r} of a line; use one of {', '.join(_TONES)}.")
        instants = [instant for instant, _ in self.points]
        if instants != sorted(instants):
            raise ValueError(f"The points of {self.name!r} must be in the order of time.")


def step_line(
    series: Sequence[Series],
    start: float,
    end: float,
    *,
    title: str,
    unit: str = "",
    floor: float = 0,
    gaps: Sequence[tuple[float, float]] = (),
    now: float | None = None,
    height: int = 112,
    dated: bool = False,
    zone: str = "UTC",
) -> Picture:
    """Draw each series over [``start``, ``end``), epoch seconds.

    ``gaps`` were not observed: hatched, and no line crosses them. ``floor`` is where the axis begins (say so on the page when it
    is not zero; blocks always begin at zero). ``dated`` writes dates below and values at the left, for a chart that does not
    hang from a ruler.
    """
    percent_of(start, start, end)
    if floor and any(line.filled for line in series):
        raise ValueError("Blocks begin at zero; a floor is for lines only.")
    until = end if now is None else min(end, max(start, now))
    base = height - (36 if dated else 12)
    top = max((value for line in series for _, value in line.points), default=floor)
    steps = [step for step in nice_steps(max(top - floor, 1), 3) if step == int(step)]
    tall = -(-max(top - floor, 1) // steps[0]) * steps[0]
    ceiling = _TOP_DATED if dated else _TOP
    unit_height = (base - ceiling) / tall
    lines = [steps[0] * (index + 1) for index in range(int(tall / steps[0]))]
    parts = [el("line", class_="axis", x1=0, x2="100%", y1=base, y2=base), *_grid(lines, floor, base, unit_height, dated)]
    for a, b in gaps:
        left, right = percent_of(a, start, end), percent_of(b, start, end)
        parts.append(el("rect", class_="s-unobserved", x=pct(left), y=ceiling, width=pct(right - left), height=base - ceiling))

    def y(value: float) -> float:
        return round(base - (value - floor) * unit_height, 1)

    paths = []
    for line in series:
        stretches = _stretches(line.points, start, until, gaps)
        if line.filled:
            parts += _blocks(stretches, start, end, y, base)
        elif stretches:
            paths.append(el("path", class_=_TONES[line.tone], d=_steps(stretches, start, end, y)))
    if paths:
        box = f"0 0 {_WIDTH} {height}"
        parts.append(el("svg", *paths, x=0, y=0, width="100%", height=height, viewBox=box, preserveAspectRatio="none"))
    if dated:
        parts += _dates(start, end, height - 14, zone)
    else:
        parts += _last_value(series, percent_of(until, start, end), y)
    words = _words(series, unit, until)
    svg = image(*parts, css="chart", height=height, title=title, desc=words)
    return Picture(svg, lambda: _table(title, series, zone), words)


def _grid(steps: Sequence[float], floor: float, base: int, unit_height: float, left: bool) -> list[str]:
    parts = []
    for step in steps:
        y = round(base - step * unit_height)
        parts.append(el("line", class_="grid", x1=0, x2="100%", y1=y, y2=y))
        place = {"x": 0} if left else {"x": "100%", "dx": -2, "text_anchor": "end"}
        parts.append(el("text", figure(floor + step), y=y - 4, **place))
    return parts


def _stretches(points, start: float, until: float, gaps) -> list[list[tuple[float, float, float]]]:
    """Runs of (from, to, value) that nothing interrupts: clipped to the range, cut at each gap."""
    pieces: list[tuple[float, float, float]] = []
    for index, (instant, value) in enumerate(points):
        following = points[index + 1][0] if index + 1 < len(points) else until
        a, b = max(instant, start), min(following, until)
        if a < b:
            pieces.append((a, b, value))
    for gap_from, gap_to in gaps:
        kept = []
        for a, b, value in pieces:
            kept += [(c, d, value) for c, d in ((a, min(b, gap_from)), (max(a, gap_to), b)) if c < d]
        pieces = kept
    runs: list[list[tuple[float, float, float]]] = []
    for piece in pieces:
        if runs and runs[-1][-1][1] == piece[0]:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _steps(runs, start: float, end: float, y) -> str:
    written = []
    for run in runs:
        for index, (a, b, value) in enumerate(run):
            at = number(percent_of(a, start, end) * _WIDTH / 100, 1)
            written.append(f"M{at} {number(y(value), 1)}" if index == 0 else f"V{number(y(value), 1)}")
            written.append(f"H{number(percent_of(b, start, end) * _WIDTH / 100, 1)}")
    return "".join(written)


def _blocks(runs, start: float, end: float, y, base: float) -> list[str]:
    blocks = []
    for run in runs:
        for a, b, value in run:
            left = percent_of(a, start, end)
            width = percent_of(b, start, end) - left
            if value > 0:
                wide = pct(width) if width >= 0.15 else "1"
                blocks.append(el("rect", class_="s-failed", x=pct(left), y=y(value), width=wide, height=number(base - y(value), 1)))
    return blocks


def _dates(start: float, end: float, y: int, zone: str) -> list[str]:
    def word(instant: float) -> str:
        return day_text(utc_instant(instant).astimezone(zone_of(zone)).date(), year=False)

    third = (end - start) / 3
    middle = [
        el("text", word(start + third * step), class_="wide-only", x=pct(100 / 3 * step), y=y, text_anchor="middle") for step in (1, 2)
    ]
    return [el("text", word(start), x=0, y=y), *middle, el("text", word(end), x="100%", y=y, text_anchor="end")]


def _last_value(series: Sequence[Series], x: float, y) -> list[str]:
    lines = [line for line in series if line.points]
    if len(lines) != 1:
        return []
    value = lines[0].points[-1][1]
    late = x > 92
    place = {"dx": -8, "text_anchor": "end"} if late else {"dx": 8}
    return [el("text", figure(value), class_="value", x=pct(x), y=max(round(y(value)) + (16 if late else 4), 12), **place)]


def _words(series: Sequence[Series], unit: str, until: float) -> str:
    sentences = []
    for line in series:
        values = [value for instant, value in line.points if instant <= until]
        if not values:
            sentences.append(f"{line.name}: no value yet.")
            continue
        lowest, highest = figure(min(values)), figure(max(values))
        sentences.append(f"{line.name}: {figure(values[-1], unit)} at the end, {lowest} at the lowest, {highest} at the highest.")
    return " ".join(sentences)


def _table(title: str, series: Sequence[Series], zone: str) -> DataTable:
    several = len(series) > 1
    rows = []
    for line in series:
        for instant, value in line.points:
            cells = (instant_text(instant, zone), figure(value))
            rows.append((line.name, *cells) if several else cells)
    columns = (("Since", False), (series[0].name if series and not several else "Value", True))
    return DataTable(title, (("Line", False), *columns) if several else columns, tuple(rows), "changes")
