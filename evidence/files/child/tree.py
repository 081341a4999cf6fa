"""JSON: must be JSON; shown as a tree of lines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evidence.files.child.answering import answer, as_json, decoded, head_of, shortened
from evidence.files.child.text import preview as as_text
from evidence.files.refusals import Unfit

LARGEST = 32 * 1024 * 1024  # bytes that are parsed; what is larger is taken on its first byte
LINES = 1500
DEEPEST = 60


def check(path: Path) -> bytes:
    """Raises Unfit for what is no JSON."""
    if path.stat().st_size > LARGEST:
        if head_of(path, 4096)[0].lstrip()[:1] not in ("{", "["):
            raise Unfit("The name says JSON, but the content is none. Save it again, or send it as .txt.")
        return b""
    _parsed(path)
    return b""


def text(path: Path) -> bytes:
    """What search keeps."""
    return shortened(head_of(path, 1_000_000)[0])


def preview(path: Path) -> bytes:
    """Lines of a tree: depth, name, value; the beginning as text where it is too large or too deep."""
    if path.stat().st_size > LARGEST:
        return as_text(path)
    lines = list(_lines(_parsed(path), "", 0, LINES))
    return as_json({"kind": "tree", "lines": lines[:LINES], "cut": len(lines) > LINES})


def _parsed(path: Path) -> Any:
    try:
        return json.loads(decoded(path.read_bytes()))
    except ValueError as error:
        raise Unfit(f"The name says JSON, but the content is none ({error}). Save it again, or send it as .txt.") from error
    except RecursionError as error:
        raise Unfit("The JSON is nested deeper than anybody reads. Send it as .txt if it must be kept.") from error


def _lines(value: Any, name: str, depth: int, most: int) -> Iterator[tuple[int, str, str]]:
    """One line per value, a list's and an object's before those inside."""
    left = [(value, name, depth)]
    shown = 0
    while left and shown <= most:
        here, name, depth = left.pop()
        shown += 1
        if isinstance(here, (dict, list)):
            entries = list(here.items()) if isinstance(here, dict) else [(str(place), each) for place, each in enumerate(here)]
            yield depth, name[:200], f"{len(entries):,} {'entries' if isinstance(here, dict) else 'in a list'}"
            if depth < DEEPEST:
                left.extend((each, str(key), depth + 1) for key, each in reversed(entries[:most]))
        else:
            yield depth, name[:200], json.dumps(here, ensure_ascii=False)[:500]


if __name__ == "__main__":
    answer({"check": check, "text": text, "preview": preview})
