"""What a reader is given: the client, lists that survive page drift, and what the run already read."""

import contextvars
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from evidence.facts.fact import Fact, Part
from integrations.errors import Fault, NotLicensed, PermissionMissing, SchemaDrift
from integrations.transport.context import Context
from integrations.transport.contract import Completeness, Observation
from integrations.vendors.jira.client import JiraClient, JiraPage

THREADS = 4
PASSES = 3
UNSOUND = (KeyError, TypeError, ValueError, AttributeError, IndexError)  # what a collector meets in a row of another shape
Item = TypeVar("Item")
Result = TypeVar("Result")
Row = Mapping[str, Any]
Reader = Callable[["Reading"], Iterator[Observation]]


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a list with the page each came from, how well it is known to be whole, and the vendor's own total (None when it
    gives none, or when the list changed while it was read)."""

    rows: tuple[tuple[Row, JiraPage], ...]
    completeness: Completeness
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """One walk through all pages of a list."""

    rows: dict[Hashable, tuple[Row, JiraPage]]
    pages: int
    total: int | None = None


class Reading:
    """One run's view for the readers of `readers/<area>.py`. Each area offers `STREAMS` and `READERS: {kind: function}`; a reader is
    called with this object and yields observations. Thread-safe."""

    def __init__(self, context: Context, client: JiraClient) -> None:
        self.context = context
        self.client = client
        self._lock = threading.Lock()
        self._memo: dict[Hashable, Future[Any]] = {}

    def listed(
        self,
        operation: str,
        *,
        kind: str,
        size: int,
        key: Callable[[Row], Hashable],
        inside: str = "values",
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
    ) -> Listed:
        """A list paged by startAt, read so that a row that moves between two pages is not lost (see `settled`)."""

        def walk() -> Pass:
            found: dict[Hashable, tuple[Row, JiraPage]] = {}
            number, total = 0, None
            for page in self.client.pages(operation=operation, path=path, query=query, kind=kind, size=size, inside=inside):
                number += 1
                told = page.data.get("total") if isinstance(page.data, dict) else None
                total = told if isinstance(told, int) and not isinstance(told, bool) else total
                for place, row in enumerate(rows_of(page, inside)):
                    found[_key(row, key, (number, place))] = (row, page)
            return Pass(found, number, total)

        return settled(walk)

    # -- facts -----------------------------------------------------------------------------------------------------------

    def facts(
        self, kind: str, rows: Iterable[tuple[Row, JiraPage]], make: Callable[[Row], Fact | None], also: Iterable[str] = ()
    ) -> Iterator[Observation]:
        """The fact of each row. A row that is not as Jira documents it makes the stream partial and loses no other; None leaves
        a row out. `also`: digests of further pages that the facts were made from."""
        for row, page in rows:
            try:
                made = make(row)
                fact = checked(made) if made is not None else None
            except UNSOUND as error:
                said = f"a row of {page.operation} is not as documented: {type(error).__name__} {error}"
                self.context.fault(kind, SchemaDrift(said, operation=page.operation, partition=f"page {page.number}"))
                continue
            if fact is not None and self.wanted(kind, fact.subject):
                yield Observation(fact=fact, pages=tuple(dict.fromkeys((page.digest, *also))))

    def wanted(self, kind: str, subject: str) -> bool:
        """Whether the run is to read this subject: all, unless an event named some."""
        only = self.context.only.get(kind)
        return only is None or subject in only

    # -- many calls ------------------------------------------------------------------------------------------------------

    def for_each(self, items: Iterable[Item], read: Callable[[Item], Result]) -> Iterator[tuple[Item, Result | Fault]]:
        """`read(item)` for every item in a few threads, each in a copy of the context; pairs in the order given. A fault comes as
        the result, except those that end the run or ask to come back later, which are raised."""
        listed = list(items)
        with ThreadPoolExecutor(THREADS, thread_name_prefix="jira") as pool:
            waiting = [(each, pool.submit(contextvars.copy_context().run, read, each)) for each in listed]
            try:
                for each, future in waiting:
                    try:
                        yield each, future.result()
                    except Fault as fault:
                        if fault.ends_run or hasattr(fault, "retry_at"):
                            raise
                        yield each, fault
            finally:
                for _each, future in waiting:
                    future.cancel()

    # -- shared calls ----------------------------------------------------------------------------------------------------

    def memo(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """The value of `make()`, computed once a run even when threads ask at once. A fault is raised again to each."""
        with self._lock:
            future = self._memo.get(key)
            mine = future is None
            if future is None:
                future = self._memo[key] = Future()
        if mine:
            try:
                future.set_result(make())
            except (Fault, *UNSOUND) as error:
                future.set_exception(error)
                raise
            finally:
                future.cancel()  # nothing where it has a result; else whoever waits must not wait for ever
        return future.result()

    def part(self, kind: str, operation: str, read: Callable[[], Result]) -> Result | None:
        """One field's own call: None when it may not be made, reported once per operation. What may pass is raised."""
        try:
            return read()
        except (PermissionMissing, NotLicensed, SchemaDrift) as fault:
            self.client.report_once(kind, PermissionMissing(fault.detail, operation=operation))
            return None


def _key(row: Row, key: Callable[[Row], Hashable], place: Hashable) -> Hashable:
    try:
        made = key(row)
        hash(made)
    except UNSOUND:
        return ("a row of another shape", place)  # kept, so that whoever reads the row reports it
    return made


def settled(walk: Callable[[], Pass], still_there: Callable[[Row], bool] | None = None) -> Listed:
    """A list that nobody slipped out of while it was read. One page is one instant. More pages are walked again until two walks in a
    row hold the same, at most three times; then the union counts, and rows that only some walks saw are asked for singly
    (`still_there`), or kept where that is not possible."""
    last = walk()
    if last.pages <= 1:
        return Listed(tuple(last.rows.values()), Completeness.CONSISTENT_READ, last.total)
    union = dict(last.rows)
    everywhere = set(last.rows)
    for _again in range(PASSES - 1):
        before, last = last, walk()
        union |= last.rows
        everywhere &= set(last.rows)
        if before.rows.keys() == last.rows.keys() and (last.total is None or last.total == len(last.rows)):
            return Listed(tuple(last.rows.values()), Completeness.TOTAL if last.total is not None else Completeness.DOUBLE_PASS, last.total)
    if still_there is not None:
        union = {key: held for key, held in union.items() if key in everywhere or still_there(held[0])}
    return Listed(tuple(union.values()), Completeness.DOUBLE_PASS)


def rows_of(page: JiraPage, inside: str = "") -> Sequence[Row]:
    """The rows of a page. Raises SchemaDrift when there is no list where Jira documents one; entries that are no objects count as
    rows of another shape (an empty one)."""
    held = page.data.get(inside) if inside and isinstance(page.data, dict) else page.data
    if not isinstance(held, list):
        raise SchemaDrift(f"{page.operation} answered with no list", operation=page.operation)
    return [each if isinstance(each, dict) else {} for each in held]


def checked(fact: Fact) -> Fact:
    """The fact, whose values have a canonical form. Raises TypeError for one that has none (a nested object where text belongs)."""
    for name in fact.__dataclass_fields__:
        if not _is_plain(getattr(fact, name)):
            raise TypeError(f"{name} holds {type(getattr(fact, name)).__name__}")
    if not isinstance(fact.subject, str) or not fact.subject:
        raise TypeError("a subject without a name")
    return fact


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_is_plain(each) for each in value)
    if isinstance(value, Part):
        return all(_is_plain(getattr(value, name)) for name in value.__dataclass_fields__)
    return value is None or isinstance(value, str | bool) or (isinstance(value, int) and abs(value) < 2**53)
