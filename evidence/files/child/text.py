"""Plain text: as it is."""

from pathlib import Path

from evidence.files.child.answering import answer, as_json, head_of, shortened

SHOWN = 200_000


def text(path: Path) -> bytes:
    """What search keeps."""
    return shortened(head_of(path, 1_000_000)[0])


def preview(path: Path) -> bytes:
    """The beginning, as text."""
    shown, cut = head_of(path, SHOWN)
    return as_json({"kind": "text", "text": shown.replace("\0", "�"), "cut": cut})


if __name__ == "__main__":
    answer({"check": lambda path: b"", "text": text, "preview": preview})
