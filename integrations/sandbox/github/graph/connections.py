"""Connections: GitHub's rules for `first` and `last`, and cursors that stay valid while rows before them come and go."""

import base64
import binascii
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLError

MOST = 100


class GraphFault(GraphQLError):
    """An error with GitHub's `type`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Connection:
    """A page of nodes. `key` names a row in its cursor; a row that is gone by the next page is skipped over by its place."""

    def __init__(
        self,
        rows: Sequence[Any],
        *,
        first: int | None,
        last: int | None,
        after: str | None,
        before: str | None,
        key: Callable[[Any], object],
        edge: Callable[[Any], dict[str, Any]] | None = None,
        name: str = "connection",
    ) -> None:
        if first is None and last is None:
            raise GraphFault(
                "MISSING_PAGINATION_BOUNDARIES", f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
            )
        for bound, value in (("first", first), ("last", last)):
            if value is not None and not 0 <= value <= MOST:
                raise GraphFault(
                    "EXCESSIVE_PAGINATION",
                    f"Requesting {value} records on the `{name}` connection exceeds the `{bound}` limit of {MOST} records.",
                )
        keys = [str(key(each)) for each in rows]
        start = _after(keys, after, name) if after else 0
        stop = _before(keys, before, name) if before else len(rows)
        if first is not None:
            stop = min(stop, start + first)
        else:
            start = max(start, stop - (last or 0))
        self._page, self._keys, self._start = list(rows[start:stop]), keys[start:stop], start
        self.totalCount = len(rows)
        self.nodes = self._page
        self.edges = [
            {"cursor": _seal(start + index, own), "node": each, **(edge(each) if edge else {})}
            for index, (each, own) in enumerate(zip(self._page, self._keys, strict=True))
        ]
        self.pageInfo = {
            "hasNextPage": stop < len(rows),
            "hasPreviousPage": start > 0,
            "startCursor": self.edges[0]["cursor"] if self.edges else None,
            "endCursor": self.edges[-1]["cursor"] if self.edges else None,
        }


def _seal(place: int, key: str) -> str:
    return base64.b64encode(f"cursor:{place}:{key}".encode()).decode()


def _after(keys: list[str], cursor: str, name: str) -> int:
    """Where the rows after the cursor begin."""
    place, there = _place(keys, cursor, name)
    return place + 1 if there else place


def _before(keys: list[str], cursor: str, name: str) -> int:
    """Where the cursor's row is, or would be."""
    return _place(keys, cursor, name)[0]


def _place(keys: list[str], cursor: str, name: str) -> tuple[int, bool]:
    """The place of the cursor's row and whether it is still there. A row that is gone is placed by its number where rows are in
    the order of their numbers (as GitHub does for members), else by where it was."""
    place, key = _open(cursor, name)
    if key in keys:
        return keys.index(key), True
    if key.isdigit() and all(each.isdigit() for each in keys):
        numbers = [int(each) for each in keys]
        if numbers == sorted(numbers):
            return bisect_left(numbers, int(key)), False
    return min(place, len(keys)), False


def _open(cursor: str, name: str) -> tuple[int, str]:
    try:
        _, place, key = base64.b64decode(cursor.encode(), validate=True).decode().split(":", 2)
        return int(place), key
    except (binascii.Error, ValueError) as error:
        raise GraphFault("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor for `{name}`.") from error
