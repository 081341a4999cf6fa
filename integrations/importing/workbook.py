"""XLSX, read only: values are taken as they stand, formulas are never evaluated, an archive that unpacks to a mountain is refused."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from integrations.importing.limits import MAX_COLUMNS, MAX_RATIO, MAX_UNPACKED
from integrations.importing.refusals import Refusal, Unreadable
from integrations.importing.table import Row, Table, header_of, is_header_again

_DAMAGED = (
    DefusedXmlException, zipfile.BadZipFile, ParseError, LookupError, ValueError, TypeError, AttributeError, OSError,
    OverflowError, EOFError, NotImplementedError,
)  # fmt: skip
MOST_BLANK = 1000  # rows in a row, after which a sheet counts as over (sheets that were formatted to the bottom)


class Formula:
    """A cell that holds a formula or an error instead of a value."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


def refuse_bombs(data: bytes) -> None:
    """Raises Unreadable for what is no archive, or unpacks to more than is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            unpacked = 0
            for each in entries:
                with archive.open(each) as stream:  # what the directory claims is not believed: it is counted
                    while piece := stream.read(1 << 20):
                        unpacked += len(piece)
                        if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 100_000):
                            raise Unreadable("The workbook unpacks to far more than it weighs; it is not opened. Save the sheet as CSV.")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(
            "The file is no XLSX workbook, or it is damaged or protected by a password. Save it again as XLSX or CSV."
        ) from error


def sheets_of(data: bytes) -> list[str]:
    """Names of the sheets in their order. Raises Unreadable."""
    refuse_bombs(data)
    book = _opened(data)
    try:
        return list(book.sheetnames)
    finally:
        book.close()


def read_workbook(data: bytes, sheet: str, header_line: int = 1) -> Table:
    """The table of one sheet (the first, when `sheet` is empty) under the header in that line. Raises Unreadable."""
    refuse_bombs(data)
    book = _opened(data)
    try:
        if sheet and sheet not in book.sheetnames:
            raise Unreadable(f"There is no sheet “{sheet}”.")
        return _table(_rows(book[sheet] if sheet else book[book.sheetnames[0]]), header_line)
    except _DAMAGED as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("The sheet cannot be read to its end. Save it again as XLSX or CSV.") from error
    finally:
        book.close()


def _opened(data: bytes) -> Any:
    # It brings an imaging library along, 12 MB together: only who reads a workbook pays for it.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        return load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False, keep_vba=False)
    except (*_DAMAGED, InvalidFileException) as error:
        raise Unreadable("The workbook cannot be opened. Save it again as XLSX or CSV.") from error


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    if not hasattr(sheet, "iter_rows"):
        raise Unreadable("This sheet is a chart; choose another.")
    blank = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
        values = [_value(cell) for cell in cells]
        if all(each is None or each == "" for each in values):
            blank += 1
            if blank > MOST_BLANK:
                return
            continue
        blank = 0
        yield number, values


def _value(cell: Any) -> Any:
    if cell.data_type in ("f", "e"):
        return Formula(str(cell.value)[:200])
    value = cell.value
    if isinstance(value, timedelta | time):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if value is None or isinstance(value, str | int | float | datetime | date):
        return value
    return Formula(type(value).__name__)  # an array formula, a data table


def _table(rows: Iterator[tuple[int, list[Any]]], header_line: int) -> Table:
    table: Table | None = None
    for line, cells in rows:
        if line < header_line:
            continue
        if table is None:
            table = Table(header_of(cells, line))
            continue
        width = len(table.columns)
        if is_header_again(cells, table.columns):
            table.refused.append(Refusal(line, "", "", "is the header again"))
        elif any(each is not None and each != "" for each in cells[width:]):
            table.refused.append(Refusal(line, "", "", f"has values right of the {width} columns of the header"))
        else:
            table.add(Row(line, tuple([*cells, *[None] * width][:width])))
    if table is None:
        raise Unreadable("The sheet has no header row.")
    return table
