"""The period strip: what held over time, drawn the same way in a list row, a lane, a page head and a document.

Height and texture carry the state, colour repeats it: *met* is a level line on the base, *failed* stands up, *waived* is a
lower striped block, *not observed* a full-height hatch, *no occurrence* a hollow level line, the time ahead a dotted base.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from compliance.ui.figures import duration, figure, of_days
from compliance.ui.moments import instant_text
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.scale import percent_of
from compliance.ui.pictures.svg import bar, el, image, pct
from compliance.ui.states import FIGURES, PRECEDENCE, state_of

Piece = tuple[float, float, object]
"""Start and end in epoch seconds (half-open), and a state."""

MOST_SPANS = 400
"""More spans than this cannot be told apart on any screen; they are drawn in equal buckets that show their worst state."""

_COUNTED = {state: state_of(state).counted(past=True) for state in FIGURES}
_SLIVER = 0.15
"""Percent below which a failure is drawn one pixel wide (two and more with its stroke), so that it is never lost."""


class Span(NamedTuple):
    """A stretch of the strip in one state; ``state`` is empty for the time ahead."""

    start: float
    end: float
    state: str


class Size(NamedTuple):
    """Heights in pixels: of the picture, then (y, height) of the level line, the full block and the striped block, and the base."""

    height: int
    level: tuple[float, float]
    full: tuple[float, float]
    striped: tuple[float, float]
    base: float


SIZES = {
    "mini": Size(16, (10, 4), (1, 13), (5, 9), 14.5),
    "lane": Size(28, (19, 6), (2, 23), (10, 15), 25.5),
    "full": Size(36, (26, 7), (2, 31), (14, 19), 33.5),
}


def lay_out(pieces: Iterable[Piece], start: float, end: float, now: float | None = None) -> list[Span]:
    """Spans that cover [``start``, ``end``) once, in order, without overlap.

    Where pieces overlap, the first state of the precedence holds. Where nothing is known before ``now`` it was not observed;
    what lies after ``now`` is ahead, whatever the pieces say. Without ``now`` the whole range is past.
    Raises ``ValueError`` for an empty range or an unknown state.
    """
    percent_of(start, start, end)
    until = end if now is None else min(end, max(start, now))
    known = [
        (max(float(a), start), min(float(b), until), PRECEDENCE.index(_control_state(state)))
        for a, b, state in pieces
    ]  # fmt: skip
    events: list[tuple[float, int, int]] = []
    for a, b, rank in known:
        if a < b:
            events += [(a, rank, 1), (b, rank, -1)]
    events.sort(key=lambda event: event[0])
    open_count = [0] * len(PRECEDENCE)
    spans: list[Span] = []
    at = start
    for instant, rank, change in events:
        if instant > at:
            _append(spans, at, instant, _worst(open_count))
            at = instant
        open_count[rank] += change
    if at < until:
        _append(spans, at, until, "not_observed")
    if until < end:
        spans.append(Span(until, end, ""))
    return spans


def seconds_by_state(spans: Iterable[Span]) -> dict[str, float]:
    """Seconds in each state, in the order of figures; together the time that has passed."""
    totals = dict.fromkeys(FIGURES, 0.0)
    for span in spans:
        if span.state:
            totals[span.state] += span.end - span.start
    return totals


def strip(
    pieces: Iterable[Piece],
    start: float,
    end: float,
    *,
    now: float | None = None,
    size: str = "mini",
    label: str = "",
    days: Mapping[str, object] | None = None,
    zone: str = "UTC",
) -> Picture:
    """Draw ``pieces`` over [``start``, ``end``), epoch seconds.

    ``size`` is mini (16 px, rows), lane (28 px) or full (36 px, the page's own subject). ``days`` are figures by state that the
    caller counted by its own rule; without them the words and the table give the time itself.
    """
    spans = lay_out(pieces, start, end, now)
    if size not in SIZES:
        raise ValueError(f"Unknown size {size!r} of a strip; use one of {', '.join(SIZES)}.")
    words = _words(spans, days)
    drawn = _coarse(spans, start, end) if len(spans) > MOST_SPANS else spans
    shapes = _shapes(drawn, start, end, SIZES[size], zone if size != "mini" else None)
    title = f"{label}: {words}" if label else words.capitalize()
    svg = image(*shapes, css="strip", height=SIZES[size].height, title=title, titled=False)
    return Picture(svg, lambda: _table(spans, label, zone), words)


def _control_state(name: object) -> str:
    state = state_of(name)
    if state.name in PRECEDENCE:
        return state.name
    return {"met": "met", "failed": "failed", "unobserved": "not_observed", "no-occurrence": "no_occurrence"}[state.css]


def _worst(open_count: Sequence[int]) -> str:
    return next((PRECEDENCE[rank] for rank, count in enumerate(open_count) if count), "not_observed")


def _append(spans: list[Span], start: float, end: float, state: str) -> None:
    if spans and spans[-1].state == state:
        spans[-1] = spans[-1]._replace(end=end)
    else:
        spans.append(Span(start, end, state))


def _coarse(spans: Sequence[Span], start: float, end: float) -> list[Span]:
    width = (end - start) / MOST_SPANS
    past = [span for span in spans if span.state]
    pieces: list[Piece] = []
    for span in past:
        first, last = int((span.start - start) // width), int(-(-(span.end - start) // width))
        pieces.append((start + first * width, start + last * width, span.state))
    until = max((span.end for span in past), default=start)
    return lay_out(pieces, start, end, None if until >= end else until)


def _shapes(spans: Sequence[Span], start: float, end: float, size: Size, zone: str | None) -> list:
    shapes = []
    for span in spans:
        if not span.state:
            left = pct(percent_of(span.start, start, end))
            shapes.append(el("line", class_="base", x1=left, x2="100%", y1=size.base, y2=size.base))
    drawing_order = ("met", "no_occurrence", "not_observed", "waived", "failed")
    for state in drawing_order:
        y, height = {"met": size.level, "no_occurrence": size.level, "waived": size.striped}.get(state, size.full)
        if state == "no_occurrence":
            y, height = y + 0.5, height - 1
        for span in spans:
            if span.state != state:
                continue
            left = round(percent_of(span.start, start, end), 3)
            width = round(percent_of(span.end, start, end), 3) - left
            wide = "1" if state == "failed" and width < _SLIVER else pct(width)
            if wide == "0%":
                continue
            css = f"s-{state_of(state).css}"
            if not zone:
                shapes.append(bar(css, left, y, wide, height))
                continue
            hint = el("title", f"{state_of(state).past}, {_from_to(span, zone)}")
            shapes.append(el("rect", hint, class_=css, x=pct(left), y=float(y), width=wide, height=float(height)))
    return shapes


def _from_to(span: Span, zone: str) -> str:
    return f"{instant_text(span.start, zone, 'short')} to {instant_text(span.end, zone, 'short')}"


def _words(spans: Sequence[Span], days: Mapping[str, object] | None) -> str:
    if days is not None:
        given = {state_of(name).name: value for name, value in days.items()}
        counted = [(state, given.get(state) or 0) for state in FIGURES]
        total = sum(value for _, value in counted)
        shown = [f"{_COUNTED[state]} {figure(value)}" for state, value in counted if value or state != "no_occurrence"]
        return f"{', '.join(shown)} of {figure(total)} days"
    totals = seconds_by_state(spans)
    passed = sum(totals.values())
    if not passed:
        return "nothing has passed yet"
    shown = [
        f"{state_of(state).counted(past=True)} {of_days(value)}" for state, value in totals.items() if value or state != "no_occurrence"
    ]
    return f"{', '.join(shown)} of {of_days(passed)} days"


def _table(spans: Sequence[Span], label: str, zone: str) -> DataTable:
    rows = tuple(
        (state_of(span.state).past, instant_text(span.start, zone), instant_text(span.end, zone), duration(span.end - span.start))
        for span in spans
        if span.state
    )
    return DataTable(
        caption=f"{label}: state over time" if label else "State over time",
        columns=(("State", False), ("From", False), ("To", False), ("For", True)),
        rows=rows,
        noun="intervals",
    )
