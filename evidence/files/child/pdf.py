"""PDF: pages as pictures and words, by PDFium. Scripts inside a PDF are not run, since nothing here can run them."""

import io
from pathlib import Path

import pypdfium2 as pdfium

from evidence.files.child.answering import TEXT_BYTES, answer, as_json, shortened
from evidence.files.refusals import Unfit

TEXT_PAGES = 400
LARGEST_SIDE = 2000


def _opened(path: Path) -> pdfium.PdfDocument:
    try:
        found = pdfium.PdfDocument(path)
        if len(found) < 1:
            raise Unfit("The PDF has no page. Save it again.")
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unfit("The PDF is locked by a password: nobody could read it later. Save it without one.") from error
        raise Unfit("The PDF is damaged or was cut off. Save or send it again.") from error
    return found


def check(path: Path) -> bytes:
    """Raises Unfit for what cannot be opened."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2048))
        if b"%%EOF" not in file.read():
            raise Unfit("The PDF was cut off: its end is missing. Send it again.")
    _opened(path)
    return b""


def text(path: Path) -> bytes:
    """The words of the first pages."""
    document = _opened(path)
    told: list[str] = []
    size = 0
    for number in range(min(len(document), TEXT_PAGES)):
        words = document[number].get_textpage().get_text_bounded()
        told.append(words)
        size += len(words)
        if size > TEXT_BYTES:
            break
    return shortened("\n".join(told))


def preview(path: Path) -> bytes:
    """How many pages there are."""
    document = _opened(path)
    width, height = document[0].get_size()
    return as_json({"kind": "pages", "count": len(document), "width": round(width), "height": round(height)})


def page(path: Path, number: int = 1, width: int = 1200) -> bytes:
    """One page as PNG."""
    document = _opened(path)
    if not 1 <= number <= len(document):
        raise Unfit("The PDF has no such page.")
    shown = document[number - 1]
    across, down = shown.get_size()
    scale = min(width, LARGEST_SIDE) / max(across, 1)
    scale = min(scale, LARGEST_SIDE * 2 / max(down, 1))
    target = io.BytesIO()
    shown.render(scale=scale, may_draw_forms=False).to_pil().save(target, "PNG", compress_level=3)
    return target.getvalue()


if __name__ == "__main__":
    answer({"check": check, "text": text, "preview": preview, "page": page})
