"""One look at a twin as a run would take it, with everything kept that a leak could hide in."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from compliance.seal.canonical import fact_bytes
from evidence.readings import Reading
from integrations.errors import Fault
from integrations.kit.bed import Bed, World
from integrations.transport.context import Context
from integrations.transport.contract import Identity, Probe
from integrations.transport.ledger import Call, Ledger
from integrations.transport.quota import MemoryQuota, Quota
from integrations.transport.spool import Spool
from integrations.transport.streams import read_streams

CADENCE_MINUTES = 60


@dataclass
class Progress:
    """Nobody watches."""

    stream: str = ""
    rows: int = 0
    done: list[str] = field(default_factory=list)


@dataclass
class Look:
    """What came of it. `fault` ended the look before any stream was read; `texts` is all that was kept, said or logged."""

    readings: dict[str, Reading] = field(default_factory=dict)
    identity: Identity | None = None
    fault: Fault | None = None
    calls: tuple[Call, ...] = ()
    pages: dict[str, bytes] = field(default_factory=dict)
    log: str = ""

    def facts(self, kind: str) -> dict[str, bytes]:
        """The facts of a kind by subject, as canonical bytes; the later page wins."""
        return {each.fact.subject: fact_bytes(each.fact.payload()) for each in self.readings[kind].observations}

    def faults(self) -> set[str]:
        """The kinds of all faults."""
        seen = {each.kind for reading in self.readings.values() for each in reading.faults}
        return seen | ({self.fault.kind} if self.fault is not None else set())

    def texts(self) -> str:
        """Ledger, faults, log, facts and pages in one text, to be searched for what must not be there."""
        pages = b"\n".join(self.pages.values()).decode(errors="replace")
        faults = [str(each) for reading in self.readings.values() for each in reading.faults]
        facts = [str(each.fact) for reading in self.readings.values() for each in reading.observations]
        return "\n".join([repr(self.calls), repr(self.identity), str(self.fault), *faults, self.log, *facts, pages])


@contextmanager
def reading(
    bed: Bed,
    world: World,
    *,
    kinds: frozenset[str] | None = None,
    on_call: Callable[[Call], None] | None = None,
    quota: Quota | None = None,
    cursors: Mapping[str, Mapping[str, str]] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
    allow: tuple[str, ...] | None = None,
    later: timedelta = timedelta(0),
) -> Iterator[Context]:
    """A run's surroundings over the twin. `later` moves the connector's clock on."""
    with Spool() as spool:
        yield Context(
            settings=world.settings,
            secrets=world.secrets,
            kinds=frozenset(bed.counts) if kinds is None else kinds,
            spool=spool,
            ledger=Ledger(on_call),
            quota=quota or MemoryQuota(),
            cursors=cursors or {},
            is_cancelled=is_cancelled or (lambda: False),
            allow=bed.allow if allow is None else allow,
            clock=lambda: world.clock() + later,
        )


def look(bed: Bed, world: World, **surroundings) -> Look:
    """Identify, then read every stream of the kinds. Arguments as `reading`."""
    found = Look()
    with reading(bed, world, **surroundings) as context, listening() as lines:
        connector = bed.make()
        try:
            found.identity = connector.identify(context)
            for each in read_streams(connector, context, Progress(), CADENCE_MINUTES)[0]:
                found.readings[each.kind] = each
        except Fault as fault:
            found.fault = fault
        finally:
            close(connector)
            found.calls = context.ledger.calls()
            found.pages = {digest: context.spool.get(digest) for digest in context.spool.digests()}
    found.log = "\n".join(lines)
    return found


def probe(bed: Bed, world: World, kinds: frozenset[str]) -> tuple[Probe, ...]:
    """What the connector says of its permissions."""
    with reading(bed, world, kinds=kinds) as context:
        connector = bed.make()
        try:
            connector.identify(context)
            return connector.probe(context, kinds)
        finally:
            close(connector)


def close(connector: object) -> None:
    """As a run does: a connector that holds nothing open need not offer it."""
    ending = getattr(connector, "close", None)
    if ending is not None:
        ending()


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def listening() -> Iterator[list[str]]:
    """Every log line of the process, DEBUG included."""
    listener, root = _Listener(), logging.getLogger()
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    try:
        yield listener.lines
    finally:
        root.removeHandler(listener)
        root.setLevel(level)
