"""Likelihood by impact: how many risks stand in each cell, and who moved since the last review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compliance.ui.figures import figure
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.svg import el, image, number, pct

_CELL, _LEFT = 40, 16


def risk_grid(
    counts: Mapping[tuple[int, int], int],
    *,
    size: int = 5,
    appetite: int | None = None,
    title: str = "Risks by likelihood and impact",
    labels: Sequence[str] = ("rare", "certain", "minor", "severe"),
) -> Picture:
    """``counts`` are by (likelihood, impact), each 1 to ``size``. Cells whose product is above ``appetite`` are hatched, not coloured:
    a score is no state. ``labels`` name the ends of both axes. Raises ``ValueError`` for a place outside the grid.
    """
    if any(not (1 <= likelihood <= size and 1 <= impact <= size) or count < 0 for (likelihood, impact), count in counts.items()):
        raise ValueError(f"Likelihood and impact go from 1 to {size}, and no cell holds fewer than no risks.")
    height = _CELL * size + 24
    width = (100 - _LEFT) / size
    parts = []
    for likelihood in range(1, size + 1):
        y = _CELL * (size - likelihood)
        for impact in range(1, size + 1):
            left = _LEFT + width * (impact - 1)
            above = appetite is not None and likelihood * impact > appetite
            parts.append(
                el("rect", class_="cell-above" if above else "cell-rest", x=pct(left), y=y + 1, width=pct(width * 0.985), height=_CELL - 2)
            )
            count = counts.get((likelihood, impact), 0)
            if count:
                parts.append(el("text", figure(count), class_="value", x=pct(left + width / 2), y=number(y + 25), text_anchor="middle"))
    least, most, small, large = labels
    parts += [
        el("text", most, x=0, y=25),
        el("text", least, x=0, y=height - 39),
        el("text", small, x=pct(_LEFT), y=height - 6),
        el("text", large, x="100%", y=height - 6, text_anchor="end"),
    ]
    total = sum(counts.values())
    over = sum(count for (likelihood, impact), count in counts.items() if appetite is not None and likelihood * impact > appetite)
    desc = f"{figure(total)} risks" + (f", {figure(over)} above the appetite of {figure(appetite)}." if appetite is not None else ".")
    filled = sorted(((place, count) for place, count in counts.items() if count), key=lambda one: (-one[0][0] * one[0][1], one[0]))
    rows = tuple((str(likelihood), str(impact), figure(count)) for (likelihood, impact), count in filled)
    table = DataTable(title, (("Likelihood", True), ("Impact", True), ("Risks", True)), rows, "cells")
    return Picture(image(*parts, css="chart", height=height, title=title, desc=desc), table, desc)
