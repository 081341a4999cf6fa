"""Pictures: opened to prove that they are some, and drawn anew for previews, without what the camera wrote into them."""

import io
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from evidence.files.child.answering import answer, as_json
from evidence.files.refusals import Unfit

Image.MAX_IMAGE_PIXELS = 120_000_000
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
LARGEST_SIDE = 2000
TAIL = 64 * 1024  # bytes in which the end must stand; some programs write something behind it
_ENDS = {"PNG": b"IEND", "JPEG": b"\xff\xd9"}
_DAMAGED = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    EOFError,
)


def check(path: Path) -> bytes:
    """Raises Unfit for what is no whole picture, or too large a one."""
    end = _ENDS.get(_opened(path).format or "")
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        if end is not None and end not in file.read():
            raise Unfit("The picture was cut off: its end is missing. Send it again.")
    return b""


def text(path: Path) -> bytes:
    """Pictures have no words that we read."""
    return b""


def preview(path: Path) -> bytes:
    """That there is one picture."""
    picture = _opened(path)
    return as_json({"kind": "pages", "count": 1, "width": picture.width, "height": picture.height})


def page(path: Path, number: int = 1, width: int = LARGEST_SIDE) -> bytes:
    """The picture as PNG, turned upright, without metadata."""
    picture = ImageOps.exif_transpose(_opened(path))
    picture.thumbnail((min(width, LARGEST_SIDE), LARGEST_SIDE * 4))
    plain = Image.new("RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB", picture.size)
    plain.paste(picture.convert(plain.mode))
    target = io.BytesIO()
    plain.save(target, "PNG", optimize=False, compress_level=3)
    return target.getvalue()


def _opened(path: Path) -> Image.Image:
    try:
        picture = Image.open(path, formats=FORMATS)
        picture.load()
    except _DAMAGED as error:
        raise Unfit("The picture is damaged, was cut off, or is larger than is opened. Save it again as PNG or JPEG.") from error
    return picture


if __name__ == "__main__":
    answer({"check": check, "text": text, "preview": preview, "page": page})
