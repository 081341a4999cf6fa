"""A file as rows: what CSV, workbooks and JSON Lines have in common."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.importing.limits import MAX_COLUMNS, MAX_ROWS
from integrations.importing.refusals import Refusal, Unreadable


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file and its cells in the order of the columns. Cells of text files are text; workbooks and JSON give
    numbers, truths and instants of their own."""

    line: int
    cells: tuple[Any, ...]


@dataclass(slots=True)
class Table:
    """The columns as the header names them, the rows that could be cut out, and those that could not."""

    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Raises Unreadable beyond the most rows that are read."""
        if len(self.rows) + len(self.refused) >= MAX_ROWS:
            raise Unreadable(f"The file has more than {MAX_ROWS:,} rows. Split it, or push it in a session.")
        self.rows.append(row)

    @property
    def total(self) -> int:
        """Rows of the file, header and blank lines not counted."""
        return len(self.rows) + len(self.refused)


def header_of(cells: Sequence[Any], line: int) -> tuple[str, ...]:
    """Column names out of a header row; nameless ones are numbered. Raises Unreadable for none, too many, or a name twice."""
    names = [str(each or "").strip().replace("\x00", "") for each in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Unreadable(f"Line {line} is empty; say in which line the header stands.")
    if len(names) > MAX_COLUMNS:
        raise Unreadable(f"The header names {len(names):,} columns, more than the {MAX_COLUMNS} that are read.")
    names = [name[:200] or f"(column {number})" for number, name in enumerate(names, start=1)]
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise Unreadable(f"The header names “{twice[0]}” twice, so that nobody can say which column is meant. Rename one of them.")
    return tuple(names)


def is_header_again(cells: Sequence[Any], columns: Sequence[str]) -> bool:
    """Whether a row only repeats the header, as in files that were glued together."""
    return len(columns) > 1 and tuple(str(each or "").strip() for each in cells[: len(columns)]) == tuple(columns)
