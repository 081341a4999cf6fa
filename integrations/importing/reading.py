"""Which form a file has, and the file as a table or as findings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from integrations.importing.cyclonedx import read_cyclonedx
from integrations.importing.decoding import decode, detect_encoding
from integrations.importing.delimited import detect_delimiter, read_delimited
from integrations.importing.limits import MAX_FILE
from integrations.importing.lines import read_lines
from integrations.importing.ocsf import read_ocsf
from integrations.importing.refusals import Unreadable
from integrations.importing.rows import Outcome
from integrations.importing.sarif import read_sarif
from integrations.importing.table import Table
from integrations.importing.workbook import read_workbook, sheets_of

FORMS = {
    "csv": "CSV", "xlsx": "Excel workbook", "jsonl": "JSON Lines", "sarif": "SARIF", "cyclonedx": "CycloneDX", "ocsf": "OCSF findings",
}  # fmt: skip
FINDINGS: Mapping[str, Callable[[bytes], Outcome]] = {"sarif": read_sarif, "cyclonedx": read_cyclonedx, "ocsf": read_ocsf}
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Look:
    """How a file is read. `certain`: the encoding leaves no doubt. `sheets`: of a workbook."""

    form: str
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    header_line: int = 1
    certain: bool = True
    sheets: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        names = ("form", "encoding", "delimiter", "sheet", "header_line", "certain")
        return {name: getattr(self, name) for name in names} | {"sheets": list(self.sheets)}


def load_look(stored: Mapping[str, Any]) -> Look:
    """Out of `plain()`."""
    return Look(**{**stored, "sheets": tuple(stored.get("sheets", ()))})


def look_at(data: bytes) -> Look:
    """By its bytes, never by its name. Raises Unreadable for an empty, a too large and an old Excel file, and for what is no text."""
    if not data.strip():
        raise Unreadable("The file is empty.")
    if len(data) > MAX_FILE:
        raise Unreadable(f"The file has {len(data):,} bytes, more than the {MAX_FILE:,} that are read. Split it, or push it in a session.")
    if data.startswith(b"PK\x03\x04"):
        sheets = sheets_of(data)
        return Look("xlsx", sheet=sheets[0], sheets=tuple(sheets))
    if data.startswith(_OLD_EXCEL):
        raise Unreadable("This is an old XLS workbook, or one protected by a password. Save it as XLSX or CSV.")
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise Unreadable("This is a document or a picture, not a list. Bring CSV, XLSX or JSON Lines.")
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"{", b"[")):
        return Look(_json_form(data, head))
    encoding = detect_encoding(data)
    return Look("csv", encoding.name, detect_delimiter(decode(data, encoding.name)), certain=encoding.certain)


def _json_form(data: bytes, head: bytes) -> str:
    if b'"bomFormat"' in head and b'"CycloneDX"' in head:
        return "cyclonedx"
    if b'"runs"' in data and b'"2.1.0"' in data and b'"ruleId"' in data or b"sarif" in head:
        return "sarif"
    if b'"class_uid"' in head:
        return "ocsf"
    return "jsonl"


def changed(look: Look, given: Mapping[str, str]) -> Look:
    """The look as a person corrected it. Raises Unreadable for what is not offered."""
    line = given.get("header_line", str(look.header_line)).strip()
    if not line.isdecimal() or not 1 <= int(line) <= 1000:
        raise Unreadable("Give the header's line as a number from 1 to 1000.")
    return replace(
        look, encoding=given.get("encoding", look.encoding), delimiter=given.get("delimiter", look.delimiter),
        sheet=given.get("sheet", look.sheet), header_line=int(line),
    )  # fmt: skip


def table_of(data: bytes, look: Look) -> Table:
    """The file as a table. Raises Unreadable."""
    match look.form:
        case "csv":
            return read_delimited(decode(data, look.encoding), look.delimiter, look.header_line)
        case "xlsx":
            return read_workbook(data, look.sheet, look.header_line)
        case "jsonl":
            return read_lines(data)
    raise Unreadable("This form has no columns.")
