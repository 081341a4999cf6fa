"""What a reader is given: the client, the account, its regions, and what the run already read."""

import contextvars
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from typing import Any, TypeVar

from evidence.facts.fact import Fact, Part
from integrations.errors import AuthRevoked, Fault, Misconfigured, NotLicensed, PermissionMissing, SchemaDrift
from integrations.transport.context import Context
from integrations.transport.contract import Observation
from integrations.vendors.aws.client import AwsClient, AwsPage
from integrations.vendors.aws.errors import NotOffered, RegionRefused
from integrations.vendors.aws.region_names import split

THREADS = 4  # of one list (regions, or the resources of one region)
_SPARE = threading.BoundedSemaphore(8)  # threads of this process that read AWS, all lists together: lists are read within lists
UNSOUND = (KeyError, TypeError, ValueError, AttributeError, IndexError)  # what a collector meets in a row of another shape
Item = TypeVar("Item")
Result = TypeVar("Result")
Reader = Callable[["Reading"], Iterator[Observation]]


@contextmanager
def threads_for(things: int) -> Iterator[int]:
    """How many threads may be started for so many things: what is free of the process's share, at most THREADS; 0 when it is less than
    two, which the calling thread does as well. Never waits, so that lists within lists cannot block each other."""
    granted = 0
    while granted < min(THREADS, things) and _SPARE.acquire(blocking=False):
        granted += 1
    try:
        yield granted if granted > 1 else 0
    finally:
        for _each in range(granted):
            _SPARE.release()


def in_threads(items: Iterable[Item], read: Callable[[Item], Result]) -> Iterator[tuple[Item, Callable[[], Result]]]:
    """Every item with what gives `read(item)` or raises what that raised, in the items' order, read ahead in a few threads, each in a
    copy of the caller's context. Close the iterator when leaving early: what has not begun is then dropped."""
    listed = list(items)
    with threads_for(len(listed)) as threads:
        if not threads:
            yield from ((each, partial(read, each)) for each in listed)
            return
        with ThreadPoolExecutor(threads, thread_name_prefix="aws") as pool:
            waiting = [(each, pool.submit(contextvars.copy_context().run, read, each)) for each in listed]
            try:
                yield from ((each, future.result) for each, future in waiting)
            finally:
                for _each, future in waiting:
                    future.cancel()


class Reading:
    """One run's view for the readers of `readers/<area>.py`. Each area offers `STREAMS` and `READERS: {kind: function}`;
    a reader is called with this object and yields observations. Thread-safe."""

    def __init__(self, context: Context, client: AwsClient, sleep: Callable[[float], None] = time.sleep) -> None:
        self.context = context
        self.client = client
        self.sleep = sleep  # waits while AWS makes something for us (a report)
        self._lock = threading.Lock()
        self._memo: dict[Hashable, Future[Any]] = {}

    # -- the account -----------------------------------------------------------------------------------------------------

    @property
    def account(self) -> str:
        """The twelve digits of the account, as AWS says."""
        return self.caller["Account"]

    @property
    def caller(self) -> Mapping[str, str]:
        """Account, Arn and UserId of the identity used."""
        return self.caller_page().data

    def caller_page(self) -> AwsPage:
        """sts:GetCallerIdentity, once a run."""
        return self.memo("caller", lambda: self.client.one(operation="sts:GetCallerIdentity"))

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn` or `aws-us-gov`."""
        return self.caller["Arn"].split(":")[1]

    def arn(self, service: str, resource: str, region: str = "") -> str:
        """The ARN of something whose list answer lacks it."""
        return f"arn:{self.partition}:{service}:{region}:{self.account}:{resource}"

    # -- regions ---------------------------------------------------------------------------------------------------------

    def region_page(self) -> AwsPage:
        """All regions with their opt-in status (ec2:DescribeRegions, once a run)."""
        return self.memo("regions", lambda: self.client.one(operation="ec2:DescribeRegions", parameters={"AllRegions": True}))

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions to read: those enabled for the account, narrowed to the setting `regions` where it names some. Raises
        Misconfigured when none of those is enabled: nothing read must not look like nothing there."""
        enabled, chosen = self._enabled_regions(), self._chosen_regions()
        read = tuple(each for each in enabled if not chosen or each in chosen)
        if enabled and not read:
            raise Misconfigured(f"none of the regions to read is enabled in the account: {', '.join(chosen)[:300]}")
        return read

    def closed_regions(self) -> tuple[str, ...]:
        """Regions that the setting names and the account has not enabled."""
        enabled = set(self._enabled_regions())
        return tuple(each for each in self._chosen_regions() if each not in enabled)

    def _enabled_regions(self) -> list[str]:
        listed = self.region_page().data.get("Regions", ())
        return sorted(each["RegionName"] for each in listed if each.get("OptInStatus") != "not-opted-in")

    def _chosen_regions(self) -> tuple[str, ...]:
        return split(self.context.settings.get("regions", ""))

    def by_region(
        self, kind: str, read: Callable[[str], Iterable[Observation]], regions: Iterable[str] | None = None
    ) -> Iterator[Observation]:
        """Call `read(region)` for every region in a few threads, each in a copy of the context; yield from the calling thread,
        in the order of the regions. A region closed by the owner's policy, or without the service, is skipped and recorded; any
        other fault of a region makes the stream partial. Raises when no region could be read at all, and every fault
        that ends the run."""
        chosen = tuple(self._concerned(kind) if regions is None else regions)
        failed: list[Fault] = []
        refused: list[Fault] = []
        with closing(in_threads(chosen, partial(_listed, read))) as asked:
            for region, result in asked:
                try:
                    yield from result()
                except (NotOffered, RegionRefused) as fault:
                    if isinstance(fault, RegionRefused):
                        refused.append(fault)
                    self.context.skip(kind, region, fault.detail)
                except Fault as fault:
                    failed.append(self._of_region(fault, region))
        if failed and len(failed) + len(refused) == len(chosen):
            raise failed[0]
        if refused and len(refused) == len(chosen):
            raise PermissionMissing(refused[0].detail, operation=refused[0].operation)
        for fault in failed:
            self.context.fault(kind, fault)

    def _concerned(self, kind: str) -> tuple[str, ...]:
        """All regions to read, or those of the subjects that an event named."""
        only = self.context.only.get(kind)
        named = {each.split(":")[3] if each.count(":") >= 5 else "" for each in only or ()}
        return self.regions if not named or "" in named else tuple(each for each in self.regions if each in named)

    def _of_region(self, fault: Fault, region: str) -> Fault:
        """The fault as one of the region alone. Raises it where it ends the run. A credential that one region refuses while the home
        region knows it is not revoked: regions switched on lately, and those that must be opted into, behave so."""
        if isinstance(fault, AuthRevoked) and region != self.client.region:
            self.client.one(operation="sts:GetCallerIdentity")  # raises where the credential is really over
            fault = PermissionMissing(f"{region} does not accept the credential: {fault.detail}", operation=fault.operation)
        if fault.ends_run:
            raise fault
        fault.partition = region
        return fault

    # -- rows ------------------------------------------------------------------------------------------------------------

    def facts(
        self, kind: str, page: AwsPage, rows: Iterable[Any], make: Callable[[Any], Iterable[Fact]], also: Iterable[str] = ()
    ) -> Iterator[Observation]:
        """The facts of each row of a page. A row that is not as AWS documents it makes the stream partial and loses no other.
        `also`: digests of further pages that the facts were made from."""
        for row in rows:
            try:
                made = [_checked(each) for each in make(row)]
            except UNSOUND as error:
                said = f"a row of {page.operation} is not as documented: {type(error).__name__} {error}"
                self.context.fault(kind, SchemaDrift(said, operation=page.operation, partition=page.region))
                continue
            for each in made:
                yield Observation(fact=each, pages=(page.digest, *also))

    # -- shared calls ----------------------------------------------------------------------------------------------------

    def pages(
        self, operation: str, *, region: str = "", parameters: Mapping[str, Any] | None = None, kind: str = ""
    ) -> tuple[AwsPage, ...]:
        """All pages of a call that several kinds need: made once a run. Faults are remembered too."""
        given = dict(parameters or {})
        key = (operation, region, repr(sorted(given.items())))
        return self.memo(key, lambda: tuple(self.client.call(operation=operation, region=region, parameters=given, kind=kind)))

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
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()

    def part(self, kind: str, operation: str, read: Callable[[], Result]) -> Result | None:
        """One field's own call: None when it may not be made, or answers with what nobody documented; reported once per operation.
        What may pass (an outage, a limit) is raised, since a value once known must not turn unknown by it; so are what ends
        the run and a region's refusal, which concerns the whole region."""
        try:
            return read()
        except (NotOffered, RegionRefused):
            raise
        except (PermissionMissing, NotLicensed, SchemaDrift) as fault:
            self._report_once(kind, operation, fault)
            return None

    def _report_once(self, kind: str, operation: str, fault: Fault) -> None:
        with self._lock:
            known = any((each.operation, each.kind) == (operation, fault.kind) for each in self.context.faults(kind))
            if not known:
                fault.operation, fault.partition = operation, ""
                self.context.fault(kind, fault)


def _checked(fact: Fact) -> Fact:
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
    return value is None or isinstance(value, str | bool | int)


def _listed(read: Callable[[str], Iterable[Observation]], region: str) -> list[Observation]:
    return list(read(region))
