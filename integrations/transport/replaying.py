"""The answers of a former run, by what was asked: what a connector is given in place of the vendor when old facts are made again.

Only pages that a record pointed to were kept, so that some answers are known by their digest alone. Such a one is noted: if the fact
comes out the same without it, it was not needed; if not, the page is named as what is missing.
"""

import importlib
import importlib.util
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, ClassVar, Protocol

from integrations import errors
from integrations.errors import Fault, RateLimited, SchemaDrift
from integrations.transport.context import Context
from integrations.transport.exchange import Exchange

# Parameters that say from when on, until when or behind which row was read: they came from the clock or from where the run before
# had ended, and neither is kept. Calls that differ in nothing else are the same question.
WINDOWS = frozenset(
    {
        "since", "until", "after", "before", "from", "to", "cursor", "created", "phrase", "jql", "q", "query", "filter", "startAt",
        "StartTime", "EndTime", "UpdatedAt", "updatedAt", "nextPageToken", "page", "page[after]", "oldest", "updated_since",
    }
)  # fmt: skip


class NotKept(SchemaDrift):
    """The answer to this call was not kept, or the run never made the call: to a reader, a field that it could not read."""

    kind: ClassVar[str] = "not_kept"


class Recorded(Protocol):
    """A line of the ledger, as the transport's own or as stored."""

    operation: str
    parameters: Mapping[str, object]
    partition: str
    page: int
    more: bool
    status: int
    finished_at: datetime
    vendor_time: datetime | None
    sha256: str
    fault: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One recorded answer. `body` is None where only its digest is known; `more` says whether a further page is there to be asked for;
    `sibling` are the bytes of another page of the same list, where that is kept."""

    call: Recorded
    body: bytes | None
    more: bool = False
    sibling: bytes | None = None

    @property
    def refused(self) -> bool:
        """Whether the vendor did not answer with what was asked for."""
        return self.call.status == 0 or self.call.status >= 300

    def raise_fault(self) -> None:
        """Raise what this call ended with where its bytes are not kept. Does nothing for a good answer."""
        if self.call.fault:
            raise fault_named(self.call.fault, f"{self.call.operation} ended so then", self.call.finished_at)
        if self.refused and self.body is None:
            raise NotKept(f"the answer {self.call.status} to {self.call.operation} was not kept", operation=self.call.operation)


@dataclass
class Answers:
    """What a run was answered. `read_page` gives the bytes of a digest, None where they are not kept; `pages` are the digests that the
    record names, preferred where a call was made more than once."""

    calls: Iterable[Recorded]
    read_page: Callable[[str], bytes | None]
    pages: Collection[str] = ()
    unkept: dict[str, str] = field(default_factory=dict)  # digest -> operation, of answers asked for and not kept
    unasked: set[str] = field(default_factory=set)  # operations that were not called then

    def __post_init__(self) -> None:
        self._by_operation: dict[str, list[Recorded]] = defaultdict(list)
        for each in self.calls:
            if each.fault != "retried":
                self._by_operation[each.operation].append(each)
        self._kept: dict[str, bytes | None] = {}
        self._given: dict[str, set[str]] = defaultdict(set)  # list -> digests of its pages that were answered in this walk

    def find(self, operation: str, parameters: Mapping[str, object], *, partition: str = "", page: int = 1) -> Answer:
        """The answer to that call. Where its bytes are not kept, another page of the same list stands in once, if the record names it:
        a row is what it is, whichever page is read first. Raises NotKept when the run made no such call."""
        asked = plain(parameters)
        alike = [
            each for each in self._by_operation.get(operation, ())
            if each.partition == partition and _differ(plain(each.parameters), asked) <= WINDOWS
        ]  # fmt: skip
        here = [each for each in alike if each.page == page]
        found = [each for each in here if plain(each.parameters) == asked] or here
        if not found:
            self.unasked.add(operation)
            raise NotKept(f"the run did not call {operation} so", operation=operation, partition=partition)
        chosen = next((each for each in found if each.sha256 in self.pages), None) or next(
            (each for each in found if each.sha256 and self._body(each.sha256) is not None), found[-1]
        )
        walk = json.dumps([operation, partition, {name: value for name, value in asked.items() if name not in WINDOWS}], sort_keys=True)
        if page == 1:
            self._given[walk] = set()
        named = [each for each in alike if each.sha256 in self.pages and self._body(each.sha256) is not None]
        if chosen.sha256 and self._body(chosen.sha256) is None:
            instead = next((each for each in named if each.sha256 not in self._given[walk]), None)
            if instead is None:
                self.unkept[chosen.sha256] = operation
                return Answer(chosen, None, sibling=self._body(named[0].sha256) if named else None)
            chosen = instead
        self._given[walk].add(chosen.sha256)
        more = chosen.more and any(each.page == chosen.page + 1 and self._body(each.sha256) is not None for each in alike if each.sha256)
        return Answer(chosen, self._body(chosen.sha256) if chosen.sha256 else None, more)

    def find_by(self, operation: str, name: str, value: object) -> Answer:
        """The answer to the call that was made once for many, whoever asked: by one parameter alone. Raises NotKept."""
        for each in self._by_operation.get(operation, ()):
            if plain(each.parameters).get(name) == value and each.sha256 and self._body(each.sha256) is not None:
                return Answer(each, self._body(each.sha256))
        raise NotKept(f"no answer of {operation} for {value} is kept", operation=operation)

    def shape_of(self, operation: str) -> Any:
        """An empty answer of the shape that kept answers of this operation have: a list unless one was an object."""
        for each in self._by_operation.get(operation, ()):
            body = self._body(each.sha256) if each.sha256 and each.status < 300 else None
            if body is not None:
                return Hollow() if body.lstrip()[:1] == b"{" else []
        return Hollow() if operation.endswith("}") else []

    def partitions(self) -> tuple[str, ...]:
        """Regions or the like in which the run called anything, in order."""
        return tuple(sorted({each.partition for calls in self._by_operation.values() for each in calls if each.partition}))

    def parameter(self, name: str) -> str:
        """The value that a parameter of that name had, empty when no call had one."""
        for calls in self._by_operation.values():
            for each in calls:
                if isinstance(each.parameters.get(name), str):
                    return str(each.parameters[name])
        return ""

    def _body(self, digest: str) -> bytes | None:
        if digest not in self._kept:
            self._kept[digest] = self.read_page(digest)
        return self._kept[digest]


class Hollow(dict):
    """An object that holds nothing, and an empty list wherever something is looked up: no row comes out of it."""

    def __missing__(self, _name: str) -> list[Any]:
        return []

    def get(self, name: str, default: Any = None) -> Any:
        """An empty list, or what the caller takes instead."""
        return [] if default is None else default


def plain(parameters: Mapping[str, object]) -> dict[str, Any]:
    """Parameters as the ledger stores them: JSON."""
    return json.loads(json.dumps(parameters, default=str))


def fault_named(kind: str, detail: str, at: datetime) -> Fault:
    """The fault of a stored word."""
    known = {each.kind: each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Fault)}
    made = known.get(kind, NotKept)
    if issubclass(made, RateLimited):
        return made(detail, retry_at=at + timedelta(seconds=60))
    return made(detail)


def exchange_of(answer: Answer, url: str, made: type[Exchange] = Exchange) -> Exchange:
    """The recorded answer as it came over HTTP. Headers are not kept: those that lead on to the next page are made of the ledger."""
    page = answer.call.page + 1
    following = f"{url}{'&' if '?' in url else '?'}replayed={page}"
    headers = {"content-type": "application/json", **({"link": f'<{following}>; rel="next"'} if answer.more else {})}
    at = answer.call.finished_at
    return made(status=answer.call.status, headers=headers, body=answer.body or b"", started_at=at, finished_at=at)


def clock_of(at: datetime) -> Callable[[], datetime]:
    """A clock that stands at the run's instant."""
    instant = at.astimezone(UTC)
    return lambda: instant


def _differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


# --- the stored code --------------------------------------------------------------------------------------------------------------

COLLECTOR = re.compile(r"(?P<area>.+\.collectors\.\w+)\.v(?P<number>\d+)")


class UnknownVersion(LookupError):
    """The code of that version is not in this installation; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One fact to be made again: the run's surroundings and answers, whose account it was and as whom it was read, which version of the
    connector read it (`collectors` says which version of a collector that stood for; an area not named stood at 1), and the subject."""

    context: Context
    answers: Answers
    account: str
    principal: str
    subject: str
    collectors: Mapping[str, int] = field(default_factory=dict)


def bound_to(module: ModuleType, collectors: Mapping[str, int]) -> ModuleType:
    """The reader module with the collectors of these versions: itself where it imports just those, else a private copy whose collectors
    are replaced. Raises UnknownVersion for a collector that is not there any more."""
    wanted = {name: _version(found, collectors) for name, found in _collected(module).items()}
    if all(found.number == version for found, version in wanted.values()):
        return module
    spec = importlib.util.find_spec(module.__name__)
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    for name, (found, version) in wanted.items():
        source = f"{found.area}.v{version}"
        try:
            other = importlib.import_module(source)
        except ModuleNotFoundError as error:
            raise UnknownVersion(f"{source.replace('.', '/')}.py is missing") from error
        setattr(copy, name, getattr(other, found.attribute) if found.attribute else other)
    return copy


def collectors_of(module: ModuleType) -> frozenset[str]:
    """Files below the project's root of the collectors that a reader module makes facts with."""
    return frozenset(f"{each.area}.v{each.number}".replace(".", "/") + ".py" for each in _collected(module).values())


@dataclass(frozen=True, slots=True)
class _Collected:
    area: str
    number: int
    attribute: str = ""


def _collected(module: ModuleType) -> dict[str, _Collected]:
    found: dict[str, _Collected] = {}
    for name, value in vars(module).items():
        place = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", "") or ""
        match = COLLECTOR.fullmatch(place) if isinstance(place, str) else None
        if match:
            attribute = "" if isinstance(value, ModuleType) else getattr(value, "__name__", name)
            found[name] = _Collected(match["area"], int(match["number"]), attribute)
    return found


def _version(found: _Collected, collectors: Mapping[str, int]) -> tuple[_Collected, int]:
    return found, collectors.get(found.area.rpartition(".")[2], 1)
