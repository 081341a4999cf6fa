"""Reading something for each of many resources of one region at once, in a few threads, in the order given."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import TypeVar

from integrations.errors import PartialResult
from integrations.vendors.aws.reading import in_threads

Item = TypeVar("Item")
Result = TypeVar("Result")


def for_each(items: Iterable[Item], read: Callable[[Item], Result]) -> Iterator[Result]:
    """`read(item)` for every item, results in the items' order; the first exception is raised and what has not begun is dropped.
    Every call runs in a copy of the caller's context."""
    with closing(in_threads(items, read)) as asked:
        for _item, result in asked:
            yield result()


def for_each_present(items: Iterable[Item], read: Callable[[Item], Result | None]) -> Iterator[Result]:
    """As `for_each`, without those that `read` found gone (None) since they were listed. Raises PartialResult when all are
    gone: more likely the list was not what it seemed, and nothing must look deleted by that."""
    listed = list(items)
    kept = 0
    for each in for_each(listed, read):
        if each is not None:
            kept += 1
            yield each
    if listed and not kept:
        raise PartialResult(f"none of the {len(listed)} listed exists any more; the list may not be what it seemed")
