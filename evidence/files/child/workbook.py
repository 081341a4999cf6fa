"""XLSX: values and formulas as they stand in the file; nothing is calculated."""

import itertools
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from evidence.files.child.answering import answer, as_json, shortened
from evidence.files.child.archive import check, entries
from evidence.files.refusals import Unfit

ROWS, COLUMNS, CELL = 200, 50, 300
MOST_UNPACKED = 256 * 1024 * 1024
TEXT_ROWS = 20_000
_DAMAGED = (
    DefusedXmlException, zipfile.BadZipFile, ParseError, LookupError, ValueError, TypeError, AttributeError, OSError, OverflowError, EOFError,
    NotImplementedError, InvalidFileException,
)  # fmt: skip


def _book(path: Path) -> Any:
    """The workbook, once it is known what it unpacks to."""
    found = entries(path)
    unpacked = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for each in found:
                with archive.open(each) as stream:  # what the directory claims is not believed: it is counted
                    while piece := stream.read(1 << 20):
                        unpacked += len(piece)
                        if unpacked > MOST_UNPACKED:
                            raise Unfit("The workbook unpacks to far more than it weighs and is not taken. Save the sheet as CSV.")
        return load_workbook(path.open("rb"), read_only=True, data_only=False, keep_links=False, keep_vba=False)
    except Unfit:
        raise
    except (*_DAMAGED, RuntimeError) as error:
        raise Unfit("The workbook is damaged or protected by a password. Save it again as XLSX or CSV.") from error


def check_workbook(path: Path, ending: str = "xlsx") -> bytes:
    """Raises Unfit for a bomb or what cannot be opened."""
    check(path, ending)
    _book(path).close()
    return b""


def text(path: Path) -> bytes:
    """What search keeps."""
    book = _book(path)
    lines: list[str] = []
    size = 0
    for sheet in book.worksheets:
        for row in itertools.islice(_rows(sheet), TEXT_ROWS):
            line = " ".join(cell for cell in row if cell)
            size += len(line)
            lines.append(line)
            if size > 400_000:
                return shortened("\n".join(lines))
    return shortened("\n".join(lines))


def preview(path: Path, sheet: int = 0) -> bytes:
    """The first rows of one sheet."""
    book = _book(path)
    sheets = book.worksheets
    chosen = sheets[min(sheet, len(sheets) - 1)] if sheets else None
    rows = list(itertools.islice(_rows(chosen), ROWS + 1)) if chosen is not None else []
    return as_json({"kind": "table", "rows": rows[:ROWS], "cut": len(rows) > ROWS, "sheets": [each.title[:60] for each in sheets][:50]})


def _rows(sheet: Any) -> Iterator[list[str]]:
    try:
        for row in sheet.iter_rows(max_col=COLUMNS):
            cells = ["" if cell.value is None else str(cell.value)[:CELL] for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield cells
    except _DAMAGED as error:
        raise Unfit("The sheet cannot be read to its end. Save it again as XLSX or CSV.") from error


if __name__ == "__main__":
    answer({"check": check_workbook, "text": text, "preview": preview})
