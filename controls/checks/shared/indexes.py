"""Looking things up among many facts: made once for a list of facts, however many subjects are judged against it."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")


class Index(Generic[Made]):
    """What `make` makes of a list, kept while the same list is asked about. The list must not change meanwhile."""

    def __init__(self, make: Callable[[Sequence[Any]], Made]) -> None:
        self._make = make
        self._held: tuple[Sequence[Any], Made] | None = None

    def of(self, rows: Sequence[Any]) -> Made:
        """The index of these facts."""
        held = self._held
        if held is None or held[0] is not rows:
            held = self._held = (rows, self._make(rows))
        return held[1]
