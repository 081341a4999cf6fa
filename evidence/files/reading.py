"""Looking into a file that lies on the disk: whether it is taken, which words it has, how it is shown."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence.files.apart import Unreadable, parsed
from evidence.files.names import ending
from evidence.files.refusals import Unfit
from evidence.files.types import HEAD, Type, type_of, type_of_media

LARGEST_PARSED = 64 * 1024 * 1024  # bytes; larger files are taken by name and first bytes, without text and preview


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a file that is taken: its type, and its words for search."""

    media_type: str
    text: str


def look(path: Path, name: str) -> Look:
    """Look into a file under its checked name. Raises Unfit for what is not taken."""
    with path.open("rb") as file:
        found = type_of(name, file.read(HEAD))
    if not found.parser or path.stat().st_size > LARGEST_PARSED:
        if found.parser in ("markup", "workbook", "document"):
            raise Unfit(f"A {found.word} of more than {LARGEST_PARSED:,} bytes cannot be looked through. Send it as PDF, or in parts.")
        return Look(found.media_type, "")
    try:
        text = parsed(found.parser, "look", path, **_options(found, name)).decode("utf-8", "ignore")
    except Unreadable as error:
        raise Unfit(f"The {found.word} cannot be read within its limits of time and memory. Save it again, or send it as PDF.") from error
    return Look(found.media_type, text)


def preview(path: Path, media_type: str, **options: Any) -> dict[str, Any]:
    """How a kept file is shown: `kind` is `pages` (pictures by number), `table`, `tree`, `text`, or `none` with a reason."""
    found = type_of_media(media_type)
    if not found.parser:
        return {"kind": "none", "why": "Files of this type are not shown here. Download the original."}
    try:
        return json.loads(parsed(found.parser, "preview", path, **options))
    except (Unfit, Unreadable) as error:
        return {"kind": "none", "why": str(error)}


def page(path: Path, media_type: str, number: int) -> bytes:
    """A page of a PDF, or a picture, as PNG. Raises Unfit or Unreadable."""
    return parsed(type_of_media(media_type).parser, "page", path, number=number)


def _options(found: Type, name: str) -> dict[str, str]:
    return {"ending": ending(name)} if found.family == "zip" else {}
