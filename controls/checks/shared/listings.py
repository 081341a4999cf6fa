"""Naming several things in a reason: sorted, so that the same facts give the same words, and cut where it grows long."""

from collections.abc import Iterable

SHOWN = 5


def several(names: Iterable[str]) -> str:
    """`anna, ben`, or the first few and how many more."""
    ordered = sorted(set(names))
    rest = len(ordered) - SHOWN
    return ", ".join(ordered[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
