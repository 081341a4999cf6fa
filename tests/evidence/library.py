"""Files that people bring, and ways to bring them, for the tests of the library."""

import io
import zipfile
from datetime import UTC, datetime

import openpyxl
from PIL import Image
from weasyprint import HTML

from compliance.trail.actor import SYSTEM, Actor
from evidence.models import Item
from evidence.services.items import Dated, Described, add_item
from evidence.services.receiving import receive

NOW = datetime(2026, 7, 15, 10, 0, tzinfo=UTC)


def png(width: int = 60, height: int = 40, colour: str = "navy") -> bytes:
    """A picture."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, "PNG")
    return target.getvalue()


def photograph() -> bytes:
    """A JPEG that says where it was taken."""
    target = io.BytesIO()
    picture = Image.new("RGB", (80, 60), "grey")
    exif = Image.Exif()
    exif[0x010F] = "Camera of Jonas Weber"
    picture.save(target, "JPEG", exif=exif)
    return target.getvalue()


def pdf(words: str = "Minutes of the access review") -> bytes:
    """A PDF of one page."""
    return HTML(string=f"<h1>{words}</h1>").write_pdf() or b""


def workbook(*rows: list) -> bytes:
    """An XLSX with these rows."""
    book = openpyxl.Workbook()
    for row in rows or (["Name", "Total"], ["Tom", "=1+1"]):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def archive(**files: bytes) -> bytes:
    """A ZIP of these files."""
    return archive_of(files)


def archive_of(files: dict[str, bytes]) -> bytes:
    """A ZIP of files under any names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return target.getvalue()


def brought(
    title: str,
    data: bytes = b"hello\n",
    filename: str = "note.txt",
    *,
    actor: Actor = SYSTEM,
    now: datetime = NOW,
    kind: str = "file",
    **said,
) -> Item:
    """An item, by the way that people take."""
    dated = {name: said.pop(name) for name in ("performed_at", "covered_from", "covered_until", "stated_by", "note") if name in said}
    received = receive(iter([data]), filename, role="admin", again=True)
    return add_item(actor=actor, kind=kind, described=Described(title=title, **said), dated=Dated(**dated), received=received, now=now)
