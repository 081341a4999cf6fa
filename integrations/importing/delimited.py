"""CSV and its relatives."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from integrations.importing.limits import MAX_FILE
from integrations.importing.refusals import Refusal, Unreadable
from integrations.importing.table import Row, Table, header_of, is_header_again

DELIMITERS = ((",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Bar"))
_SNIFFED_ROWS = 50
csv.field_size_limit(MAX_FILE)  # a cell that is too long refuses its row, not the file


def detect_delimiter(text: str) -> str:
    """The one that cuts the first rows into most columns of equal number; a comma where none does."""
    best = (0.0, ",")
    for delimiter, _label in DELIMITERS:
        widths = []
        try:
            for _line, cells in records(text[:200_000], delimiter, strict=False):
                widths.append(len(cells))
                if len(widths) == _SNIFFED_ROWS:
                    break
        except Unreadable:
            continue
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        score = (width - 1) * times / len(widths)
        if score > best[0]:
            best = (score, delimiter)
    return best[1]


def records(text: str, delimiter: str, *, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, cells) of every row that is not blank. Raises Unreadable for a quote that is never closed."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(f"Line {line}: {error}. Look for a quotation mark that is opened and not closed.") from error
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def read_delimited(text: str, delimiter: str, header_line: int = 1) -> Table:
    """The table under the header in that line. Raises Unreadable; rows of another width than the header are refused one by one."""
    if delimiter not in {each for each, _label in DELIMITERS}:
        raise Unreadable("Choose one of the offered delimiters.")
    table: Table | None = None
    for line, cells in records(text, delimiter):
        if line < header_line:
            continue
        if table is None:
            table = Table(header_of(cells, line))
            continue
        _take(table, line, cells)
    if table is None:
        raise Unreadable("The file has no header row." if header_line == 1 else f"There is nothing in line {header_line} or below.")
    return table


def _take(table: Table, line: int, cells: list[str]) -> None:
    width = len(table.columns)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if is_header_again(cells, table.columns):
        table.refused.append(Refusal(line, "", "", "is the header again"))
    elif len(cells) != width:
        table.refused.append(Refusal(line, "", "", f"has {len(cells)} cells where the header has {width}"))
    else:
        table.add(Row(line, tuple(cells)))
