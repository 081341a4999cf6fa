"""Reading something for each of many resources of one region at once, in a few threads, in the order given."""

import contextvars
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from integrations.vendors.aws.reading import THREADS

Item = TypeVar("Item")
Result = TypeVar("Result")


def for_each(items: Iterable[Item], read: Callable[[Item], Result]) -> Iterator[Result]:
    """`read(item)` for every item, results in the items' order; the first exception is raised and what has not begun is dropped.
    Every call runs in a copy of the caller's context."""
    listed = list(items)
    if len(listed) < 2:
        yield from map(read, listed)
        return
    with ThreadPoolExecutor(min(THREADS, len(listed)), thread_name_prefix="aws-each") as pool:
        waiting = [pool.submit(contextvars.copy_context().run, read, each) for each in listed]
        try:
            for future in waiting:
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()
