"""A label that the owner put on a resource; facts of several kinds carry them."""

from collections.abc import Iterable
from dataclasses import dataclass

from evidence.facts.fact import Part, check_definition


@check_definition
@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(Part):
    """One key and value, as written by the owner."""

    key: str
    value: str = ""


def ordered(pairs: Iterable[tuple[str, str]]) -> tuple[Tag, ...]:
    """Tags in a stable order, so that equal sets of tags are equal facts."""
    return tuple(Tag(key=key, value=value) for key, value in sorted(pairs))
