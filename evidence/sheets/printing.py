"""A sheet on one page of paper."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from django.template.loader import render_to_string

from evidence.sheets.sheet import Sheet, SheetFact

ROOT = Path(__file__).resolve().parents[2]
SIZES = (8.2, 7.0)
VALUES = (10, 5, 3)
MOST_SIGNS = 9000  # more never fits on one page, so that setting it would be for nothing
LONGEST = 420
SECONDS = 90
TOKENS = ROOT / "compliance" / "ui" / "static" / "ui" / "css" / "tokens-print.css"


class NotPrinted(RuntimeError):
    """The PDF could not be made; the page and the JSON say the same."""


def pdf_of(sheet: Sheet) -> bytes:
    """The sheet as a PDF of one page. What does not fit is counted on it and stands on the page and in the JSON. Raises NotPrinted."""
    shortened = [_short(sheet, most) for most in VALUES]
    fitting = [each for each in shortened[:-1] if _signs(each) <= MOST_SIGNS]
    variants = [render_to_string("pdf/sheet.html", {"sheet": each}) for each in (*fitting, shortened[-1])]
    css = TOKENS.read_text() + render_to_string("pdf/sheet.css")
    asked = json.dumps({"variants": variants, "css": css, "sizes": SIZES}).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "evidence.printer"],
            input=asked,
            capture_output=True,
            timeout=SECONDS,
            cwd=ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotPrinted("Setting the page took too long. The page and the JSON say the same.") from error
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise NotPrinted(f"The page could not be set: {done.stderr.decode(errors='replace')[-300:]}")
    return done.stdout


def _signs(sheet: Sheet) -> int:
    return sum(len(value) for each in sheet.facts for value in each.values)


def _short(sheet: Sheet, most: int) -> Sheet:
    return replace(sheet, facts=tuple(_cut(each, most) for each in sheet.facts))


def _cut(fact: SheetFact, most: int) -> SheetFact:
    values: Sequence[str] = [each if len(each) <= LONGEST else each[: LONGEST - 1] + "…" for each in fact.values]
    if len(values) > most + 1:
        values = [*values[:most], f"and {len(values) - most} more on the page and in the JSON of this sheet"]
    return replace(fact, values=tuple(values))
