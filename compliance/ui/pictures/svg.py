"""Writing SVG elements so that nothing from outside can become markup."""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import cache

from django.utils.safestring import SafeString, mark_safe


def number(value: float, places: int = 3) -> str:
    """A coordinate without needless digits: ``8.490`` becomes ``8.49``, ``-0.0`` becomes ``0``."""
    text = f"{value:.{places}f}".rstrip("0").rstrip(".") if places else f"{value:.0f}"
    return "0" if text in ("-0", "") else text


def pct(value: float) -> str:
    """A coordinate in percent, three decimals at most (five minutes of a year)."""
    return f"{number(value)}%"


def el(tag: str, *children: object, **attributes: object) -> SafeString:
    """One element. Children are escaped unless they are safe already; attributes always are.

    In attribute names a trailing underscore falls away and others become hyphens (``class_``, ``text_anchor``).
    Attributes that are None or empty are left out.
    """
    written = "".join([f' {_attribute(name)}="{_value(value)}"' for name, value in attributes.items() if value is not None and value != ""])
    inner = "".join([safe(child) for child in children])
    if not inner:
        return mark_safe(f"<{tag}{written}/>")
    return mark_safe(f"<{tag}{written}>{inner}</{tag}>")


def safe(value: object) -> str:
    """What Django's `conditional_escape` gives, for values that are never lazy: it is called for each cell and shape of a page."""
    return value.__html__() if hasattr(value, "__html__") else html.escape(str(value))


@cache
def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _value(value: object) -> str:
    if isinstance(value, int):
        return str(int(value))
    return number(value) if isinstance(value, float) else html.escape(str(value))


def bar(css: str, x: float, y: float, width: str, height: float) -> SafeString:
    """A ``rect`` of which a list draws thousands: ``css`` is a class name of ours, the rest are figures: nothing to escape."""
    return mark_safe(f'<rect class="{css}" x="{pct(x)}" y="{number(y)}" width="{width}" height="{number(height)}"/>')


def joined(parts: Iterable[SafeString]) -> SafeString:
    """Safe pieces one after the other; a piece that is not safe is escaped."""
    return mark_safe("".join([safe(part) for part in parts]))


def image(*children: object, css: str, height: int, title: str, desc: str = "", titled: bool = True) -> SafeString:
    """The outer ``svg`` of a picture: an image with a text alternative, as wide as its column and ``height`` pixels high.

    ``titled`` also writes title and desc as elements, for documents and for the hint on hover.
    """
    spoken = f"{title}. {desc}" if desc else title
    words = [el("title", title)] if titled and title else []
    if titled and desc:
        words.append(el("desc", desc))
    return el("svg", *words, *children, class_=css, width="100%", height=height, role="img", aria_label=spoken)
