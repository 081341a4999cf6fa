"""ZIP archives and what is made of them: looked through, never unpacked."""

import re
import zipfile
from pathlib import Path

from evidence.files.child.answering import answer, as_json
from evidence.files.refusals import Unfit

MOST_ENTRIES = 50_000
MOST_RATIO = 200  # unpacked to packed: what beats this is made to fill disks
SMALL = 10 * 1024 * 1024  # bytes that any archive may unpack to
MOST_UNPACKED = 64 * 1024**3
SHOWN = 500
_OUTSIDE = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:")


def entries(path: Path) -> list[zipfile.ZipInfo]:
    """The directory of the archive. Raises Unfit for one that is damaged, a bomb, leads out of its folder or holds macros."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise Unfit("The archive is damaged or was cut off. Send it again.") from error
    if len(found) > MOST_ENTRIES:
        raise Unfit(f"The archive holds more than {MOST_ENTRIES:,} files. Split it.")
    for each in found:
        if _OUTSIDE.search(each.filename) or "\0" in each.orig_filename:
            raise Unfit("The archive holds a name that leads out of its folder. Make it again with plain names.")
        if each.filename.lower().rpartition("/")[2] in ("vbaproject.bin", "classes.dex"):
            raise Unfit("Programs, scripts and documents with macros are not taken. Save the document without macros.")
    unpacked = sum(each.file_size for each in found)
    if unpacked > MOST_UNPACKED or unpacked > max(SMALL, MOST_RATIO * path.stat().st_size):
        raise Unfit("The archive unpacks to far more than it weighs and is not taken. Send the files that matter one by one.")
    spans = sorted((each.header_offset, each.header_offset + each.compress_size) for each in found if each.compress_size)
    if any(later < end for (_start, end), (later, _end) in zip(spans, spans[1:], strict=False)):
        raise Unfit("Files of the archive overlap, as in one that is made to fill disks. Make it again.")
    return found


def check(path: Path, ending: str = "zip") -> bytes:
    """Raises Unfit; an office document must hold what its ending says."""
    names = {each.filename for each in entries(path)}
    wanted = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml", "pptx": "ppt/presentation.xml"}.get(ending)
    if wanted is not None and wanted not in names:
        raise Unfit(f"The name says {ending.upper()}, but the content is another archive. Send it under its right ending.")
    if ending in ("odt", "ods", "odp") and "content.xml" not in names:
        raise Unfit(f"The name says {ending.upper()}, but the content is another archive. Send it under its right ending.")
    if ending == "zip" and {"META-INF/MANIFEST.MF", "AndroidManifest.xml"} & names:
        raise Unfit("Programs are not taken. Send what they print, as a text file or PDF.")
    return b""


def text(path: Path) -> bytes:
    """Names of the files inside."""
    return "\n".join(each.filename for each in entries(path)[:5000]).encode("utf-8", "replace")[:100_000]


def preview(path: Path) -> bytes:
    """The directory as a table."""
    found = entries(path)
    rows = [["Name", "Bytes"], *([each.filename[:300], f"{each.file_size:,}"] for each in found[:SHOWN])]
    return as_json({"kind": "table", "rows": rows, "cut": len(found) > SHOWN, "sheets": []})


def read_bounded(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """A file of the archive. Raises Unfit when it unpacks to more than `limit`, whatever its directory claims."""
    with archive.open(name) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise Unfit("A part of the document unpacks to far more than it weighs. Save it again, or send it as PDF.")
    return data


if __name__ == "__main__":
    answer({"check": check, "text": text, "preview": preview})
