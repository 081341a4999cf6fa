"""HTML to PDF in a process of its own: `python -m evidence.printer` reads JSON from its input and writes one PDF.

Input: `{"variants": [html, …], "css": "…", "sizes": [8.2, 7.4]}`. The first variant that fits on one page at one of the sizes (points) is
printed; when none does, the last one at the smallest size. WeasyPrint is heavy and what it sets comes from vendors: here it costs no web
process memory, may fetch nothing at all, and ends when it takes too long. Plain Python without Django.
"""

import json
import resource
import sys
from typing import Any, BinaryIO

from weasyprint import CSS, HTML

MEMORY = 1536 * 1024 * 1024
SECONDS = 60


class NothingIsFetched(ValueError):
    """A document asked for another file or address; printed documents hold everything themselves."""


def refuse(url: str, *_rest: Any, **_more: Any) -> Any:
    """The fetcher of documents: it refuses. Raises NothingIsFetched."""
    raise NothingIsFetched(f"printing fetches nothing, not {url[:200]}")


def print_first_fitting(variants: list[str], css: str, sizes: list[float]) -> bytes:
    """The PDF (PDF/UA-1) of the first variant that fits on one page."""
    document = None
    for html in variants:
        for size in sizes:
            styles = [CSS(string=css, url_fetcher=refuse), CSS(string=f"html {{ font-size: {size}pt }}", url_fetcher=refuse)]
            document = HTML(string=html, url_fetcher=refuse).render(stylesheets=styles, pdf_variant="pdf/ua-1")
            if len(document.pages) == 1:
                return document.write_pdf(pdf_variant="pdf/ua-1")
    if document is None:
        raise ValueError("there is nothing to print")
    return document.write_pdf(pdf_variant="pdf/ua-1")


def main(given: BinaryIO, made: BinaryIO) -> None:
    """Print what comes in."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    asked = json.loads(given.read())
    made.write(print_first_fitting(asked["variants"], asked["css"], asked["sizes"]))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
