"""Which version this is; the build is the revision it was built from, given by the image or read from the checkout."""

import os
from pathlib import Path

VERSION = "0.1.0"


def build() -> str:
    """Short revision, or "unknown" outside an image and a checkout."""
    if given := os.environ.get("PLUMBLINE_BUILD"):
        return given[:12]
    git = Path(__file__).resolve().parent.parent / ".git"
    head = git / "HEAD"
    if not head.is_file():
        return "unknown"
    text = head.read_text().strip()
    if not text.startswith("ref: "):
        return text[:12]
    ref = git / text.removeprefix("ref: ")
    return ref.read_text().strip()[:12] if ref.is_file() else "unknown"
