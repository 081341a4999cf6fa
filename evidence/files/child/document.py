"""Word, PowerPoint and OpenDocument files: their words, nothing else."""

import zipfile
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from evidence.files.child.answering import answer, as_json, shortened
from evidence.files.child.archive import check, entries, read_bounded
from evidence.files.refusals import Unfit

LARGEST_PART = 64 * 1024 * 1024
SHOWN = 200_000
_ENDS_LINE = ("}p", "}tr", "}h", "}table-row")


def words(path: Path) -> str:
    """The text of all parts. Raises Unfit for a document that cannot be read."""
    names = [each.filename for each in entries(path)]
    parts = [each for each in names if each in ("word/document.xml", "content.xml") or each.startswith("ppt/slides/slide")]
    told: list[str] = []
    try:
        with zipfile.ZipFile(path) as archive:
            for each in sorted(parts)[:500]:
                told.append(_text(fromstring(read_bounded(archive, each, LARGEST_PART), forbid_dtd=True)))
    except (ParseError, DefusedXmlException, zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise Unfit("The document is damaged or protected by a password. Save it again, or send it as PDF.") from error
    return "\n".join(told)


def text(path: Path) -> bytes:
    """What search keeps."""
    return shortened(words(path))


def preview(path: Path) -> bytes:
    """The beginning, as text."""
    told = words(path)
    return as_json({"kind": "text", "text": told[:SHOWN], "cut": len(told) > SHOWN})


def _text(root: Element) -> str:
    pieces: list[str] = []
    for each in root.iter():
        if each.text and each.text.strip():
            pieces.append(each.text)
        if each.tag.endswith(_ENDS_LINE):
            pieces.append("\n")
        if each.tail and each.tail.strip():
            pieces.append(each.tail)
    return "".join(pieces)


if __name__ == "__main__":
    answer({"check": check, "text": text, "preview": preview})
