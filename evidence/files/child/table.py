"""CSV and TSV: the first rows as cells, never as formulas."""

import csv
import itertools
from pathlib import Path

from evidence.files.child.answering import answer, as_json, head_of, shortened

ROWS, COLUMNS, CELL = 200, 50, 300
READ = 2_000_000
csv.field_size_limit(READ)


def text(path: Path) -> bytes:
    """What search keeps."""
    return shortened(head_of(path, 1_000_000)[0])


def preview(path: Path) -> bytes:
    """The first rows of the table."""
    shown, more = head_of(path, READ)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(shown[:8192], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel_tab if path.suffix == ".tsv" else csv.excel
    rows = list(itertools.islice(csv.reader(shown.replace("\0", "").splitlines(), dialect), ROWS + 1))
    cells = [[cell[:CELL] for cell in row[:COLUMNS]] for row in rows[:ROWS]]
    return as_json({"kind": "table", "rows": cells, "cut": more or len(rows) > ROWS, "sheets": []})


if __name__ == "__main__":
    answer({"check": lambda path: b"", "text": text, "preview": preview})
