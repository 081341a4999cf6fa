"""The same pictures in documents and mails, where no stylesheet of the page reaches into an SVG."""

from __future__ import annotations

import re

from django.utils.safestring import SafeString, mark_safe

from compliance.ui.pictures.picture import Picture
from compliance.ui.sprite import PATTERNS

INK = {
    "sheet": "#ffffff",
    "ink": "#14171b",
    "ink-3": "#646a73",
    "hair": "#e5e5df",
    "hair-strong": "#cfcfc8",
    "field-line": "#83888f",
    "met-mark": "#2a8a5f",
    "failed-mark": "#cc3327",
    "waived-mark": "#b57a14",
    "unobserved-mark": "#7b8189",
    "no-occurrence-mark": "#83888f",
}
"""Light values of tokens.css by name; a test keeps them equal."""

_STYLE = """
text{fill:INK-3;font-size:12px;font-family:sans-serif;stroke:none}
.base,.axis{stroke:FIELD-LINE}.base{stroke-dasharray:1 3}.grid,.month{stroke:HAIR}.quarter{stroke:HAIR-STRONG}
.s-met{fill:MET-MARK}.s-failed{fill:FAILED-MARK;stroke:FAILED-MARK;stroke-width:1.2}.bar--failed{fill:FAILED-MARK}
.s-waived{fill:url(#stripes);stroke:WAIVED-MARK;stroke-width:1}.s-unobserved{fill:url(#hatch);stroke:UNOBSERVED-MARK;stroke-width:.75}
.s-no-occurrence{fill:none;stroke:NO-OCCURRENCE-MARK;stroke-width:1}
.hatch-line{stroke:UNOBSERVED-MARK;stroke-width:1.25}.stripe-line{stroke:WAIVED-MARK;stroke-width:2}
.tick{stroke:INK-3;fill:none}.tick--month{stroke:INK}.tick--ahead{stroke:FIELD-LINE}
.covered,.today,.leaf,.bar--ink{fill:INK}.today-line,.limit{stroke:INK}.today-text{fill:SHEET}.value{fill:INK;font-weight:600}
.bar{fill:FIELD-LINE}.line{fill:none;stroke:INK;stroke-width:1.5}.line--failed{stroke:FAILED-MARK}
.cell-rest{fill:none;stroke:HAIR-STRONG}.cell-above{fill:url(#hatch);stroke:UNOBSERVED-MARK}
.line--unobserved{stroke:UNOBSERVED-MARK;stroke-dasharray:4 3}
"""


def _style() -> str:
    text = _STYLE
    for name in sorted(INK, key=len, reverse=True):
        text = re.sub(rf"\b{name.upper()}(?![A-Z0-9-])", INK[name], text)
    return text.replace("\n", "")


def on_paper(picture: Picture | SafeString, width: int | None = None) -> SafeString:
    """The picture with its colours and textures inside: a whole SVG image for PDF, mail or a file.

    ``width`` in pixels replaces the width of the column. Raises ``ValueError`` for what is not one SVG element.
    """
    text = str(picture)
    if not text.startswith("<svg ") or not text.endswith(("</svg>", "/>")):
        raise ValueError("Only a picture of compliance.ui.pictures can be put on paper.")
    head, mark, rest = text.partition(">")
    if head.endswith("/"):
        head, rest = head[:-1], "</svg>"
    if width is not None:
        head = head.replace('width="100%"', f'width="{int(width)}"', 1)
    head = head.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return mark_safe(f"{head}{mark}<style>{_style()}</style>{PATTERNS}{rest}")
