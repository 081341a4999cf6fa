"""What a reader is given: the client, the run's choices, and lists that survive page drift, each read once a run."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from evidence.facts.fact import Fact, Part
from integrations.errors import Fault, NotLicensed, PermissionMissing, SchemaDrift
from integrations.transport.context import Context
from integrations.transport.contract import Completeness, Observation
from integrations.vendors.bamboohr.client import BambooClient, BambooPage
from integrations.vendors.bamboohr.collectors.people.v1 import Choices

PASSES = 3
UNSOUND = (KeyError, TypeError, ValueError, AttributeError, IndexError)  # what a collector meets in a row of another shape
Result = TypeVar("Result")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a list with the digest of the page of each, how well it is known to be whole, and the vendor's own total."""

    rows: tuple[tuple[Row, str], ...]
    completeness: Completeness
    total: int | None


@dataclass(frozen=True, slots=True)
class Pass:
    """One walk through all pages."""

    rows: dict[Hashable, tuple[Row, str]]
    pages: int
    total: int | None


@dataclass
class Reading:
    """One run's view for the readers."""

    context: Context
    client: BambooClient
    page_rows: int | None = None  # rows asked for at once, where not as many as usual
    _memo: dict[Hashable, tuple[Any, Fault | None]] = field(default_factory=dict)

    @property
    def choices(self) -> Choices:
        """What the settings say about words and zones."""
        session = self.client.session
        return Choices(
            leave=session.words("leave_statuses"),
            contractors=session.words("contractor_statuses"),
            interns=session.words("intern_statuses"),
            zones=session.zones,
            zone=session.zone,
        )

    def memo(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """The value of `make()`, computed once a run. A fault that may not pass is raised again."""
        if key not in self._memo:
            try:
                self._memo[key] = (make(), None)
            except Fault as fault:
                self._memo[key] = (None, fault)
        value, fault = self._memo[key]
        if fault is not None:
            raise fault
        return value

    def part(self, kind: str, operation: str, read: Callable[[], Result]) -> Result | None:
        """One field's own call: None when it may not be made, reported once per operation. What may pass is raised."""
        try:
            return read()
        except (PermissionMissing, NotLicensed) as fault:
            self.client.report_once(kind, PermissionMissing(fault.detail, operation=operation))
            return None

    def sound(self, kind: str, operation: str, make: Callable[[], Fact], place: str) -> Fact | None:
        """The fact of a row; a row that is not as documented is reported, makes the stream partial and loses no other."""
        try:
            return checked(make())
        except UNSOUND as error:
            said = f"a row of {operation} is not as documented: {type(error).__name__} {error}"
            self.context.fault(kind, SchemaDrift(said, operation=operation, partition=place))
            return None

    def wanted(self, kind: str, subject: str) -> bool:
        """Whether the run is to read this subject: all, unless an event named some."""
        only = self.context.only.get(kind)
        return only is None or subject in only

    def observed(self, facts: Iterable[tuple[Fact, Iterable[str]]], kind: str) -> Iterator[Observation]:
        """The facts that the run is to read, each with the pages it was made from."""
        for fact, pages in facts:
            if self.wanted(kind, fact.subject):
                yield Observation(fact=fact, pages=tuple(dict.fromkeys(each for each in pages if each)))


def settled(walk: Callable[[], Pass]) -> Listed:
    """A list that nobody slipped out of while it was read. One page is one instant. More pages are walked again until two walks in a row
    hold the same, at most three times; then everybody whom any walk saw counts."""
    last = walk()
    if last.pages <= 1:
        whole = last.total is None or last.total == len(last.rows)
        return Listed(
            tuple(last.rows.values()), Completeness.TOTAL if whole and last.total is not None else Completeness.LAST_PAGE, last.total
        )
    union = dict(last.rows)
    for _again in range(PASSES - 1):
        before, last = last, walk()
        union |= last.rows
        if before.rows.keys() == last.rows.keys() and (last.total is None or last.total == len(last.rows)):
            return Listed(tuple(last.rows.values()), Completeness.TOTAL if last.total is not None else Completeness.DOUBLE_PASS, last.total)
    return Listed(tuple(union.values()), Completeness.DOUBLE_PASS, None)


def rows_of(page: BambooPage, inside: str = "") -> list[Row]:
    """The rows of a page. Raises SchemaDrift when there is no list where BambooHR documents one; entries that are no objects count as
    rows of another shape (an empty one)."""
    held = page.data.get(inside) if inside and isinstance(page.data, dict) else page.data
    if not isinstance(held, list):
        raise SchemaDrift(f"{page.operation} answered with no list", operation=page.operation)
    return [each if isinstance(each, dict) else {} for each in held]


def checked(fact: Fact) -> Fact:
    """The fact, whose values have a canonical form. Raises TypeError for one that has none."""
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
