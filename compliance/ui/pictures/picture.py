"""What a picture function gives back: the drawing, and the same figures as a table behind "show data"."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    """A drawing. In a template ``{{ picture }}`` writes the SVG, ``{% show_data picture %}`` its table."""

    svg: SafeString
    table: DataTable | None = None
    words: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.svg
