"""Every address of the product, found in its URL configuration, with values for what is variable in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

NOBODYS = "00000000-0000-7000-8000-000000000000"
BY_CONVERTER = {"uuid": NOBODYS, "int": "1", "slug": "sample", "str": "sample", "path": "sample"}
BY_PATTERN = {r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "accounts/password/reset/key/1-sample/"}
_VARIABLE = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Route:
    """An address as it is written in the configuration, and the methods that are asked of it."""

    pattern: str
    methods: tuple[str, ...]
    view: Any = field(compare=False, repr=False)

    def address(self, values: dict[str, str]) -> str:
        """The address with `values` by name, or something that does not exist, filled in."""
        written = BY_PATTERN.get(self.pattern) or _VARIABLE.sub(
            lambda found: values.get(found[2], BY_CONVERTER[found[1] or "str"]), self.pattern
        )
        return f"/{written}"


def routes() -> list[Route]:
    """All of them, in the order of the configuration."""
    return [Route(pattern, _methods(view), view) for pattern, view in _walk(get_resolver().url_patterns, "")]


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, Any]]:
    for each in patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, here)
        else:
            yield here, each.callback


def _methods(view: Any) -> tuple[str, ...]:
    """Pages are asked by GET and POST, whatever they answer; routes of the API by what they know."""
    known = getattr(view, "cls", None)
    if known is None:
        return ("GET", "POST")
    return tuple(method for method in ("GET", "POST", "PUT", "PATCH", "DELETE") if hasattr(known, method.lower()))
