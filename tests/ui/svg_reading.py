"""Reading a picture back: its shapes, as a test compares them."""

from __future__ import annotations

import xml.etree.ElementTree as ET


def parsed(picture: object) -> ET.Element:
    """The SVG of a picture as a tree; fails when it is not well-formed."""
    return ET.fromstring(str(picture))


def shapes(picture: object, tag: str = "rect", css: str = "") -> list[dict[str, str]]:
    """Attributes of the elements called ``tag``, in drawing order; with ``css`` only those of that class."""
    found = [dict(element.attrib) for element in parsed(picture).iter(tag)]
    return [one for one in found if not css or css in one.get("class", "").split()]


def percent(value: str) -> float:
    """``"8.49%"`` as a number."""
    assert value.endswith("%"), value
    return float(value[:-1])


def all_words(picture: object) -> list[str]:
    """Texts written in the picture, in drawing order."""
    return ["".join(element.itertext()) for element in parsed(picture).iter("text")]
