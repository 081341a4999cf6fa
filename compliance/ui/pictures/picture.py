"""What a picture function gives back: the drawing, and the same figures as a table behind "show data"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.html import html_safe
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class DataTable:
    """Figures behind a picture. ``columns`` are (heading, is a number); cells are text or safe HTML."""

    caption: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[object, ...], ...]
    noun: str = "rows"

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"Every row of the table {self.caption!r} needs {len(self.columns)} cells.")


@html_safe
@dataclass(frozen=True)
class Picture:
    """A drawing. In a template ``{{ picture }}`` writes the SVG, ``{% show_data picture %}`` its table.

    ``figures`` is the table or, where a list draws many pictures whose tables nobody opens, what makes it.
    """

    svg: SafeString
    figures: DataTable | Callable[[], DataTable] | None = None
    words: str = field(default="", compare=False)

    @cached_property
    def table(self) -> DataTable | None:
        """The same figures as a table; None for a picture without data."""
        return self.figures() if callable(self.figures) else self.figures

    def __str__(self) -> str:
        return self.svg
