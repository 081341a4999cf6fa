"""Health by group: one mark per control, worst first; and plain bars of parts for counts that are no states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compliance.ui.figures import figure
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.svg import el, image, pct
from compliance.ui.states import FIGURES, state_of

_ORDER = ("failed", "not_observed", "waived", "met", "no_occurrence")
_MARKS = {"failed": ("bar--failed", 0, 12), "not_observed": ("s-unobserved", 0, 12), "waived": ("s-waived", 2, 8), "met": ("s-met", 3, 6)}
_HOLLOW = ("s-no-occurrence", 3.5, 5)
_MOST_MARKS = 42
_FILL = 0.832


def stack_bar(counts: Mapping[str, int], *, label: str = "", widest: int | None = None) -> Picture:
    """Draw ``counts`` by state. ``widest`` is the total that fills the width (the largest group), so that groups compare.

    Up to 42 each control is one mark; beyond, each state is one block in proportion. Raises ``ValueError`` for negative counts.
    """
    given = {state_of(name).name: count for name, count in counts.items()}
    if any(count < 0 for count in given.values()):
        raise ValueError("A group cannot have fewer than no controls in a state.")
    total = sum(given.values())
    of = max(widest or total, total, 1)
    parts = _marks(given, of) if of <= _MOST_MARKS else _blocks(given, of)
    words = ", ".join(
        f"{figure(given.get(state, 0))} {state_of(state).counted(past=False)}"
        for state in FIGURES
        if given.get(state) or state in ("met", "failed", "waived", "not_observed")
    )
    title = f"{label}: {words}" if label else words

    def table() -> DataTable:
        rows = tuple((state_of(state).now, figure(given.get(state, 0))) for state in FIGURES)
        return DataTable(label or "Health", (("State", False), ("Controls", True)), rows, "states")

    return Picture(image(*parts, css="strip", height=12, title=title, titled=False), table, words)


def parts_bar(parts: Sequence[tuple[str, float, str]], *, widest: float, label: str = "") -> Picture:
    """One bar of parts, each (name, count, tone) with tone failed, waived, ink or plain; ``widest`` is the sum that fills the width."""
    tones = {"failed": "bar--failed", "waived": "s-waived", "ink": "bar bar--ink", "plain": "bar"}
    total = sum(count for _, count, _ in parts)
    of = max(widest, total, 1)
    drawn, x = [], 0.0
    for _, count, tone in parts:
        if tone not in tones:
            raise ValueError(f"Unknown tone {tone!r} of a bar; use one of {', '.join(tones)}.")
        width = count / of * 100
        if width > 0:
            drawn.append(el("rect", class_=tones[tone], x=pct(x), y=1, width=pct(max(width - 0.6, 0.3)), height=10))
        x += width
    words = ", ".join(f"{name} {figure(count)}" for name, count, _ in parts)
    title = f"{label}: {words}" if label else words
    table = DataTable(label or "Parts", (("Part", False), ("Count", True)), tuple((name, figure(count)) for name, count, _ in parts))
    return Picture(image(*drawn, css="strip", height=12, title=title, titled=False), table, words)


def _marks(counts: Mapping[str, int], of: int) -> list[str]:
    pitch = 100 / max(of, 12)
    parts, index = [], 0
    for state in _ORDER:
        css, y, height = _MARKS.get(state, _HOLLOW)
        for _ in range(counts.get(state, 0)):
            left = pitch * index + pitch * (1 - _FILL) / 2
            parts.append(el("rect", class_=css, x=pct(left), y=y, width=pct(pitch * _FILL), height=height))
            index += 1
    return parts


def _blocks(counts: Mapping[str, int], of: int) -> list[str]:
    parts, before = [], 0
    for state in _ORDER:
        count = counts.get(state, 0)
        css, y, height = _MARKS.get(state, _HOLLOW)
        if count:
            width = max(count / of * 100 - 0.3, 0.3)
            parts.append(el("rect", class_=css, x=pct(before / of * 100), y=y, width=pct(width), height=height))
        before += count
    return parts
