"""Looking at one connection of the demo company at instants of a simulated clock, through the services that every run takes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from compliance.pipeline import tell_of_connection
from compliance.trail.actor import SYSTEM
from controls.services.evaluation import evaluate_run
from evidence.readings import CallMade, Reading
from evidence.selectors.demand import demanded_kinds
from evidence.services.runs import Account, end_run, record_run, start_run
from integrations.errors import AuthRevoked
from integrations.registry import load_connector
from integrations.services.collecting import Collected, calls_made, context_for, remember_source
from integrations.services.leases import Progress
from integrations.transport.closing import closed_afterwards
from integrations.transport.spool import Spool
from integrations.transport.streams import read_streams

if TYPE_CHECKING:
    from evidence.models import Run
    from integrations.models import Connection

HISTORY = "daily look of the demo's history"


class Camera:
    """Reads one connection at instants of a simulated clock."""

    def __init__(self, connection: "Connection") -> None:
        self.connection = connection
        self.connector_class = load_connector(connection.vendor)
        self.operations = {stream.kind: stream.operations for stream in self.connector_class.STREAMS}
        self.kinds = frozenset(demanded_kinds(connection.vendor)) & set(self.operations)
        self.last: dict[str, Reading] = {}
        self.causes: frozenset[str] = frozenset()
        self.account: Account | None = None

    def shoot(self, at: datetime, kinds: frozenset[str], started_by: str = "schedule") -> "Run":
        """Really read these kinds now, record and judge."""

        def clock() -> datetime:
            return at

        run = self._started(at, kinds, started_by)
        with Spool() as spool:
            context = context_for(self.connection, kinds, spool, Progress(), clock, {})
            with closed_afterwards(self.connector_class()) as connector:
                identity = connector.identify(context)
                self.account = Account(identity.account, identity.account_name, identity.principal)
                readings, fault = read_streams(connector, context, Progress(), self.connection.cadence_minutes)
            for reading in readings:
                self.last[reading.kind] = reading
            calls = calls_made(context.ledger.calls())
            self._recorded(run, readings, calls, spool.get, at)
        faults = [each for reading in readings for each in reading.faults]
        self._tell(Collected(run, recorded=True, fault=fault, faults=faults), at)
        return run

    def record(self, readings: list[Reading], read_page: Callable[[str], bytes], at: datetime) -> "Run":
        """Record and judge what was read at `at`."""
        run = self._started(at, frozenset(reading.kind for reading in readings), HISTORY)
        self._recorded(run, readings, [], read_page, at)
        self._tell(Collected(run, recorded=True, fault=None, faults=[each for reading in readings for each in reading.faults]), at)
        return run

    def refused(self, at: datetime, kind: str, detail: str) -> None:
        """A look that the vendor refused as a whole: the run ends with the fault, nothing was observed."""
        run = self._started(at, self.kinds, HISTORY)
        end_run(actor=SYSTEM, run=run, now=at, outcome="failed", fault_kind=kind, fault=detail)
        self._tell(Collected(run, recorded=False, fault=AuthRevoked(detail), faults=[]), at)

    def _tell(self, collected: Collected, at: datetime) -> None:
        causes = frozenset(each.kind for each in (*collected.faults, *((collected.fault,) if collected.fault else ())))
        if causes != self.causes:
            tell_of_connection(collected, at)
            self.causes = causes

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
