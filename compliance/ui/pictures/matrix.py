"""Criterion by control: shape says the kind of coverage, colour the health, an empty cell is a dot, a gap is hatched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from compliance.ui.pictures.svg import el, joined
from compliance.ui.states import state_of

KINDS = ("operation", "design", "supporting")
_FILLED = {
    "met": "m-operation",
    "failed": "m-failed",
    "waived": "m-waived",
    "unobserved": "m-unobserved",
    "no-occurrence": "m-no-occurrence",
}


@dataclass(frozen=True)
class Row:
    """A criterion. ``key`` finds its cells; ``url`` may be empty."""

    key: str
    title: str = ""
    url: str = ""


@dataclass(frozen=True)
class Column:
    """A control. ``key`` finds its cells and is its heading."""

    key: str
    url: str = ""
    title: str = ""


@dataclass(frozen=True)
class Cell:
    """How a control covers a criterion: ``kind`` is operation, design or supporting; ``state`` its health."""

    kind: str
    state: str
    url: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Unknown kind of coverage {self.kind!r}; use one of {', '.join(KINDS)}.")
        state_of(self.state)


def shape(kind: str, state: str) -> SafeString:
    """The mark alone, for legends and packed lists; decoration, so name it beside."""
    css = state_of(state).css
    name = _FILLED[css] if kind == "operation" else f"m-{kind}"
    return el("svg", el("use", href=f"#i-{name}"), class_=f"shape cell--{css}", aria_hidden="true")


def shapes(states: Sequence[str], label: str = "") -> SafeString:
    """A packed row of marks, one per control, worst first, with the counts in words."""
    order = ("failed", "unobserved", "waived", "met", "no-occurrence")
    known = sorted((state_of(state) for state in states), key=lambda state: order.index(state.css))
    counts = {css: sum(1 for state in known if state.css == css) for css in order}
    words = [f"{counts[state.css]} {state.counted(past=False)}" for state in dict.fromkeys(known)]
    spoken = f"{len(known)} {'control' if len(known) == 1 else 'controls'}: {', '.join(words)}" if known else "no control"
    marks = joined(shape("operation", state.name) for state in known)
    return format_html('<span class="squares" role="img" aria-label="{}">{}</span>', f"{label}: {spoken}" if label else spoken, marks)


def matrix(rows: Sequence[Row], columns: Sequence[Column], cells: Mapping[tuple[str, str], Cell], *, caption: str = "") -> SafeString:
    """A table of criteria by controls, in a region that scrolls sideways. ``cells`` are keyed by (row key, column key).

    A row that no control covers in operation is a gap and says so.
    """
    words = caption or f"{len(rows)} criteria by {len(columns)} controls"
    head = joined(
        format_html('<th scope="col">{}</th>', format_html('<a href="{}" title="{}">{}</a>', c.url, c.title, c.key) if c.url else c.key)
        for c in columns
    )
    body = joined(_row(row, columns, cells) for row in rows)
    return format_html(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table class="matrix"><caption class="hidden">{}</caption>'
        '<thead><tr><th scope="col">Criterion</th>{}<th scope="col">Controls</th></tr></thead><tbody>{}</tbody></table></div>',
        f"{words}, scrolls sideways",
        words,
        head,
        body,
    )


def _row(row: Row, columns: Sequence[Column], cells: Mapping[tuple[str, str], Cell]) -> SafeString:
    held = [(column, cells.get((row.key, column.key))) for column in columns]
    gap = not any(cell and cell.kind == "operation" for _, cell in held)
    count = sum(1 for _, cell in held if cell)
    name = format_html("<b>{}</b> {}", row.key, row.title)
    heading = format_html('<a href="{}">{}</a>', row.url, name) if row.url else name
    note = mark_safe('<span class="hidden">, not covered in operation</span>') if gap else ""
    tds = joined(mark_safe("<td></td>") if cell is None else format_html("<td>{}</td>", _cell(row, column, cell)) for column, cell in held)
    css = mark_safe(' class="is-gap"') if gap else ""
    return format_html('<tr{}><th scope="row">{}{}</th>{}<td class="num">{}</td></tr>', css, heading, note, tds, count)


def _cell(row: Row, column: Column, cell: Cell) -> SafeString:
    state = state_of(cell.state)
    words = f"{column.key} on {row.key}: {cell.kind}, {state.now.lower()}"
    mark = shape(cell.kind, cell.state)
    if cell.url:
        return format_html('<a class="cell cell--{}" href="{}" aria-label="{}">{}</a>', state.css, cell.url, words, mark)
    return format_html('<span class="cell cell--{}" role="img" aria-label="{}">{}</span>', state.css, words, mark)
