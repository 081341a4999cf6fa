"""Runs of a connection over time: each a mark, complete low, partial striped, failed standing up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from compliance.ui.figures import duration, figure
from compliance.ui.moments import instant_text
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.scale import percent_of
from compliance.ui.pictures.svg import el, image, pct

Run = tuple[float, float | None, str, str]
"""Begin and end in epoch seconds (end None while it runs), outcome, and words for the table."""

OUTCOMES = {
    "complete": ("Complete", "s-met", 15, 10),
    "running": ("Running", "s-no-occurrence", 15, 10),
    "partial": ("Partial", "s-waived", 9, 16),
    "failed": ("Failed", "s-failed", 2, 23),
}
"""Word, class, y and height of the mark by outcome, in the order of drawing: what matters most is drawn last."""

_HEIGHT, _BASE, _MARK = 28, 25.5, 3


def runs_strip(runs: Sequence[Run], start: float, end: float, *, label: str = "", now: float | None = None, zone: str = "UTC") -> Picture:
    """Draw ``runs`` over [``start``, ``end``), epoch seconds; runs outside are left out, also of the figures.

    Raises ``ValueError`` for an unknown outcome.
    """
    percent_of(start, start, end)
    for run in runs:
        if run[2] not in OUTCOMES:
            raise ValueError(f"Unknown outcome {run[2]!r} of a run; use one of {', '.join(OUTCOMES)}.")
    within = sorted((run for run in runs if start <= run[0] < end), key=lambda run: run[0])
    parts = [el("line", class_="base", x1=0, x2="100%", y1=_BASE, y2=_BASE)]
    for outcome, (word, css, y, height) in OUTCOMES.items():
        for begin, _, of_run, words in within:
            if of_run == outcome:
                hint = el("title", f"{word}, {instant_text(begin, zone, 'short')}{': ' + words if words else ''}")
                x = pct(min(percent_of(begin, start, end), 99.6))
                parts.append(el("rect", hint, class_=css, x=x, y=y, width=_MARK, height=height))
    if now is not None and start <= now < end:
        parts.append(
            el("line", class_="today-line", x1=pct(percent_of(now, start, end)), x2=pct(percent_of(now, start, end)), y1=0, y2=_HEIGHT)
        )
    words = _words(within)
    title = f"{label}: {words}" if label else words
    return Picture(image(*parts, css="strip", height=_HEIGHT, title=title, titled=False), _table(within, label, zone), words)


def _words(runs: Sequence[Run]) -> str:
    counts = Counter(run[2] for run in runs)
    named = [f"{figure(counts[name])} {name}" for name in ("complete", "partial", "failed", "running") if counts[name]]
    noun = "run" if len(runs) == 1 else "runs"
    return f"{figure(len(runs))} {noun}: {', '.join(named)}" if runs else "no runs"


def _table(runs: Sequence[Run], label: str, zone: str) -> DataTable:
    rows = tuple(
        (OUTCOMES[outcome][0], instant_text(begin, zone), duration(None if finish is None else finish - begin), words or "–")
        for begin, finish, outcome, words in reversed(runs)
    )
    columns = (("Outcome", False), ("Began", False), ("Took", True), ("Remarks", False))
    return DataTable(f"{label}: runs" if label else "Runs", columns, rows, "runs")
