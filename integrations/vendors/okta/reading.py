"""What a reader is given: the client, lists that survive page drift, many calls at once, and what the run already read."""

import contextvars
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from evidence.facts.fact import Fact, Part
from integrations.errors import Fault, NotLicensed, PermissionMissing, SchemaDrift
from integrations.transport.context import Context
from integrations.transport.contract import Completeness, Observation
from integrations.vendors.okta.client import OktaClient, OktaPage

THREADS = 4
PASSES = 3
UNSOUND = (KeyError, TypeError, ValueError, AttributeError, IndexError)  # what a collector meets in a row of another shape
Item = TypeVar("Item")
Result = TypeVar("Result")
Row = Mapping[str, Any]
Reader = Callable[["Reading"], Iterator[Observation]]


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a list with the page each came from, and how well it is known to be whole. Okta gives no totals."""

    rows: tuple[tuple[Row, OktaPage], ...]
    completeness: Completeness


@dataclass(frozen=True, slots=True)
class Pass:
    """One walk through all pages of a list."""

    rows: dict[Hashable, tuple[Row, OktaPage]]
    pages: int


class Reading:
    """One run's view for the readers of `readers/<area>.py`. Each area offers `STREAMS` and `READERS: {kind: function}`; a reader is
    called with this object and yields observations. Thread-safe."""

    def __init__(self, context: Context, client: OktaClient) -> None:
        self.context = context
        self.client = client
        self._lock = threading.Lock()
        self._locks: dict[Hashable, threading.RLock] = {}
        self._memo: dict[Hashable, tuple[Any, Fault | None]] = {}

    # -- lists -----------------------------------------------------------------------------------------------------------

    def listed(
        self, operation: str, *, kind: str, query: Mapping[str, object] | None = None, key: Callable[[Row], Hashable],
        still_there: Callable[[Row], bool] | None = None,
    ) -> Listed:  # fmt: skip
        """A list, read so that a row that moves between two pages is not lost (see `settled`)."""
        return settled(lambda: self.walked(((operation, query or {}),), kind, key), still_there)

    def walked(self, lists: Iterable[tuple[str, Mapping[str, object]]], kind: str, key: Callable[[Row], Hashable]) -> Pass:
        """One walk through all pages of one list, or of several that together are one population."""
        found: dict[Hashable, tuple[Row, OktaPage]] = {}
        number = 0
        for operation, query in lists:
            for page in self.client.pages(operation=operation, query=query, kind=kind):
                number += 1
                for place, row in enumerate(rows_of(page)):
                    found[_key(row, key, (number, place))] = (row, page)
        return Pass(found, number)

    # -- facts -----------------------------------------------------------------------------------------------------------

    def facts(
        self, kind: str, rows: Iterable[tuple[Row, OktaPage]], make: Callable[[Row], tuple[Fact, Iterable[str]] | Fact | None]
    ) -> Iterator[Observation]:
        """The fact of each row. A row that is not as Okta documents it makes the stream partial and loses no other; None leaves
        a row out. `make` may add the digests of further pages that the fact was made from."""
        for row, page in rows:
            try:
                made = make(row)
                bare, also = made if isinstance(made, tuple) else (made, ())
                fact = checked(bare) if bare is not None else None
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
        with ThreadPoolExecutor(THREADS, thread_name_prefix="okta") as pool:
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
            mine = self._locks.setdefault(key, threading.RLock())
        with mine:
            if key not in self._memo:
                try:
                    self._memo[key] = (make(), None)
                except Fault as fault:
                    self._memo[key] = (None, fault)
            value, fault_met = self._memo[key]
        if fault_met is not None:
            raise fault_met
        return value

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
        return Listed(tuple(last.rows.values()), Completeness.CONSISTENT_READ)
    union = dict(last.rows)
    everywhere = set(last.rows)
    for _again in range(PASSES - 1):
        before, last = last, walk()
        union |= last.rows
        everywhere &= set(last.rows)
        if before.rows.keys() == last.rows.keys():
            return Listed(tuple(last.rows.values()), Completeness.DOUBLE_PASS)
    if still_there is not None:
        union = {key: held for key, held in union.items() if key in everywhere or still_there(held[0])}
    return Listed(tuple(union.values()), Completeness.DOUBLE_PASS)


def rows_of(page: OktaPage, inside: str = "") -> Sequence[Row]:
    """The rows of a page. Raises SchemaDrift when there is no list where Okta documents one; entries that are no objects count as
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
