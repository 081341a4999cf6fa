"""Collecting the demo company's past: the real connectors read the sandbox at each change; between changes, where an answer could
not differ, the last readings are recorded again with the clock moved on.
"""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from compliance.pipeline import tell_of_connection
from compliance.trail.actor import SYSTEM
from controls.services.evaluation import evaluate_due, evaluate_run
from evidence.readings import CallMade, Reading
from evidence.selectors.demand import demanded_kinds
from evidence.services.runs import Account, end_run, record_run, start_run
from integrations.registry import load_connector
from integrations.services.collecting import Collected, calls_made, context_for, read_streams, remember_source
from integrations.services.leases import Progress
from integrations.transport.spool import Spool

if TYPE_CHECKING:
    from evidence.models import Run
    from integrations.models import Connection


class Camera:
    """Reads one connection at instants of a simulated clock."""

    def __init__(self, connection: "Connection") -> None:
        self.connection = connection
        self.connector_class = load_connector(connection.vendor)
        self.operations = {stream.kind: stream.operations for stream in self.connector_class.STREAMS}
        self.kinds = frozenset(demanded_kinds(connection.vendor)) & set(self.operations)
        self.last: dict[str, Reading] = {}
        self.calls: dict[str, int] = {}
        self.account: Account | None = None

    def kinds_of_services(self, services: set[str]) -> frozenset[str]:
        """Fact kinds that are read through these services; all kinds when none is named."""
        if not services:
            return self.kinds
        return frozenset(kind for kind in self.kinds if any(each.split(":")[0] in services for each in self.operations[kind]))

    def shoot(self, at: datetime, kinds: frozenset[str], started_by: str = "schedule") -> "Run":
        """Really read these kinds now, record and judge."""

        def clock() -> datetime:
            return at

        run = self._started(at, kinds, started_by)
        with Spool() as spool:
            context = context_for(self.connection, kinds, spool, Progress(), clock, {})
            connector = self.connector_class()
            identity = connector.identify(context)
            self.account = Account(identity.account, identity.account_name, identity.principal)
            readings, fault = read_streams(connector, context, Progress(), self.connection.cadence_minutes)
            for reading in readings:
                self.last[reading.kind] = reading
            calls = calls_made(context.ledger.calls())
            self._recorded(run, readings, calls, spool.get, at)
        faults = [each for reading in readings for each in reading.faults]
        tell_of_connection(Collected(run, recorded=True, fault=fault, faults=faults), at)
        return run

    def hold(self, at: datetime, apart_from: frozenset[str] = frozenset()) -> "Run | None":
        """Record the last readings again at `at`: nothing changed at the vendor since."""
        readings = [_moved(reading, at) for kind, reading in self.last.items() if reading.complete and kind not in apart_from]
        if not readings:
            return None
        run = self._started(at, frozenset(reading.kind for reading in readings), "schedule")
        self._recorded(run, readings, [], lambda _digest: b"", at)
        return run

    def troubled(self) -> frozenset[str]:
        """Kinds whose last reading had a fault: they must really be read again."""
        return frozenset(kind for kind, reading in self.last.items() if reading.faults)

    def _started(self, at: datetime, kinds: frozenset[str], started_by: str) -> "Run":
        return start_run(
            actor=SYSTEM, connection_id=self.connection.pk, vendor=self.connection.vendor, connector_version=self.connector_class.VERSION,
            kinds=sorted(kinds), started_by=started_by, now=at - timedelta(seconds=20),
        )  # fmt: skip

    def _recorded(
        self, run: "Run", readings: list[Reading], calls: list[CallMade], read_page: Callable[[str], bytes], at: datetime
    ) -> None:
        record_run(actor=SYSTEM, run=run, account=self.account, readings=readings, calls=calls, read_page=read_page, now=at)
        remember_source(self.connection, run, SYSTEM)
        evaluate_run(run, now=at)
        end_run(actor=SYSTEM, run=run, now=at)


def _moved(reading: Reading, at: datetime) -> Reading:
    observations = [dataclasses.replace(each, observed_at=at if each.observed_at else None) for each in reading.observations]
    return dataclasses.replace(reading, observations=observations, cursor=None)


def turn_by_time(at: datetime) -> None:
    """Let verdicts, streams and waivers turn that run out by time."""
    evaluate_due(now=at)
