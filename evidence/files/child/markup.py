"""HTML and SVG: only without anything that runs; shown as text, never as a page."""

import re
from html.parser import HTMLParser
from pathlib import Path

from evidence.files.child.answering import answer, as_json, decoded, head_of, shortened
from evidence.files.refusals import Unfit

LARGEST = 32 * 1024 * 1024
SHOWN = 200_000
RUNNING = frozenset(("script", "iframe", "frame", "object", "embed", "applet", "foreignobject", "base", "portal", "handler"))
_SCHEME = re.compile(r"^[\s\x00-\x1f]*(?:javascript|vbscript|data\s*:\s*(?:text/html|image/svg|application))", re.IGNORECASE)
_SPACE = re.compile(r"[\s\x00-\x1f]+")


class Reader(HTMLParser):
    """Collects words; raises Unfit at the first thing that runs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Elements and attributes that run are refused."""
        if tag.rpartition(":")[2].lower() in RUNNING:
            raise _runs(f"<{tag}>")
        if tag == "meta" and any(name == "http-equiv" and (value or "").lower() == "refresh" for name, value in attrs):
            raise _runs("a redirect")
        for name, value in attrs:
            if name.rpartition(":")[2].lower().startswith("on"):
                raise _runs(f"the attribute {name[:30]}")
            if value and _SCHEME.match(_SPACE.sub("", value)):
                raise _runs("a link that runs code")
        if tag == "style":
            self.hidden += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """As a start; it ends at once."""
        self.handle_starttag(tag, attrs)
        if tag == "style":
            self.hidden -= 1

    def handle_endtag(self, tag: str) -> None:
        """Styles are no words."""
        if tag == "style" and self.hidden:
            self.hidden -= 1

    def handle_decl(self, decl: str) -> None:
        """Entities could hide what runs."""
        if "<!ENTITY" in decl.upper() or "[" in decl:
            raise _runs("entities of its own")

    def unknown_decl(self, data: str) -> None:
        """The same, in the forms that the parser does not know."""
        if "ENTITY" in data.upper():
            raise _runs("entities of its own")

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self.hidden and data.strip():
            self.words.append(data.strip())


def _runs(what: str) -> Unfit:
    return Unfit(f"The page holds {what}, which a browser would run. Print it to PDF, or save it without scripts.")


def check(path: Path) -> bytes:
    """Raises Unfit for a page that runs anything, or that is too large to be looked through."""
    _read(path)
    return b""


def text(path: Path) -> bytes:
    """What search keeps."""
    return shortened(" ".join(_read(path).words))


def preview(path: Path) -> bytes:
    """The source, as text."""
    shown, cut = head_of(path, SHOWN)
    return as_json({"kind": "text", "text": shown.replace("\0", "�"), "cut": cut})


def _read(path: Path) -> Reader:
    if path.stat().st_size > LARGEST:
        raise Unfit("The page is too large to be looked through for scripts. Print it to PDF.")
    reader = Reader()
    source = decoded(path.read_bytes())
    if "<!ENTITY" in source.upper():
        raise _runs("entities of its own")
    if "<" not in source:
        raise Unfit("The name says HTML or SVG, but the content is none. Send it as .txt.")
    reader.feed(source)
    reader.close()
    return reader


if __name__ == "__main__":
    answer({"check": check, "text": text, "preview": preview})
