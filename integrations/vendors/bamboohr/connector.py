"""The BambooHR connector: what it is set up with, whom it speaks to, what it may call, and what it reads."""

import time
from collections.abc import Callable, Iterator, Mapping

from integrations.errors import Fault, NotLicensed, PermissionMissing, SchemaDrift
from integrations.transport.context import Context
from integrations.transport.contract import Identity, Observation, Probe
from integrations.vendors.bamboohr import people, settings
from integrations.vendors.bamboohr.client import BambooClient
from integrations.vendors.bamboohr.collectors import names
from integrations.vendors.bamboohr.collectors.values import text
from integrations.vendors.bamboohr.permissions import missing
from integrations.vendors.bamboohr.reading import UNSOUND, Reading
from integrations.vendors.bamboohr.redactions import CHANGED, COMPANY, DATA, FIELDS, JOBS, LIST, ONE, STATUSES, WHO

NO_RECORD = "0"  # the key's own user, who need not be an employee


class BamboohrConnector:
    """Reads one company. One instance serves one run. `sleep` waits between attempts of one call; `page_rows` asks for so many people at
    once instead of as many as usual."""

    KEY = settings.KEY
    NAME = settings.NAME
    VERSION = "1"
    SETTINGS = settings.SETTINGS
    STREAMS = people.STREAMS

    def __init__(self, sleep: Callable[[float], None] = time.sleep, page_rows: int | None = None) -> None:
        self._sleep = sleep
        self._page_rows = page_rows
        self._reading: Reading | None = None

    def identify(self, context: Context) -> Identity:
        """The company and the identity used. Raises AuthRevoked or Misconfigured."""
        reading = self._started(context)
        session = reading.client.session
        try:
            held = reading.client.call(COMPANY).data
        except (PermissionMissing, NotLicensed):  # the name is nice to have; that the credential works is known all the same
            held = {}
        name = text(held, "displayName") or text(held, "legalName") if isinstance(held, dict) else None
        return Identity(
            account=session.company.lower(), account_name=name or session.company, principal=self._principal(reading),
            detail={"api": session.base_url},
        )  # fmt: skip

    def _principal(self, reading: Reading) -> str:
        if reading.client.session.is_oauth:
            return f"application {reading.context.settings.get('client_id', '')}"
        try:
            held = reading.client.call(WHO, query={"fields": "workEmail"}).data
        except PermissionMissing:
            return "API key of a user without a record"
        return f"API key of {text(held, 'workEmail') or 'a user'}" if isinstance(held, Mapping) else "API key"

    def probe(self, context: Context, kinds: frozenset[str]) -> tuple[Probe, ...]:
        """One cheap call per operation that the kinds need, with the name of the right that is missing."""
        reading = self._started(context)
        operations = sorted({each for stream in self.STREAMS if stream.kind in kinds for each in stream.operations})
        return tuple(self._probed(reading, each) for each in operations)

    def _probed(self, reading: Reading, operation: str) -> Probe:
        is_oauth = reading.client.session.is_oauth
        if operation == LIST and not is_oauth:
            return Probe(operation=operation, outcome="ok", detail="not used: BambooHR refuses API keys here, the dataset is read instead")
        try:
            self._asked(reading, operation)
        except PermissionMissing as fault:
            detail = f"{missing(operation, is_oauth=is_oauth)}; BambooHR said: {fault.detail}"
            return Probe(operation=operation, outcome="missing", detail=detail)
        except NotLicensed as fault:
            return Probe(operation=operation, outcome="not_licensed", detail=fault.detail)
        except Fault as fault:
            if fault.ends_run:
                raise
            return Probe(operation=operation, outcome="unreachable", detail=fault.detail)
        return Probe(operation=operation, outcome="ok")

    def _asked(self, reading: Reading, operation: str) -> None:
        """The cheapest call that shows whether the operation may be made. Raises the faults."""
        if operation == LIST:
            reading.client.call(LIST, query={"page[limit]": 1, "fields": "workEmail,hireDate"})
        elif operation in (STATUSES, JOBS, ONE):
            reading.client.call(
                operation, path={"id": self._somebody(reading)}, query={"fields": "status,hireDate"} if operation == ONE else None
            )
        elif operation == CHANGED:
            reading.client.call(CHANGED, query={"since": reading.context.now().strftime("%Y-%m-%dT%H:%M:%SZ")})
        elif operation == FIELDS:
            reading.client.call(FIELDS, path={"datasetName": names.DATASET}, query={"page": 1, "page_size": 1})
        else:
            body = {"fields": ["status"], "page": 1, "pageSize": 1}
            reading.client.call(DATA, path={"datasetName": names.DATASET}, body=body)

    def _somebody(self, reading: Reading) -> str:
        """An employee to ask about: from the feed of changes, which names everybody. Raises PermissionMissing when it names nobody."""

        def read() -> str:
            page = reading.client.call(CHANGED, query={"since": "2000-01-01T00:00:00Z", "type": "all"})
            held = page.data.get("employees") if isinstance(page.data, dict) else None
            rows = held if isinstance(held, dict) else {}
            number = next((str(each) for each, row in rows.items() if isinstance(row, dict) and row.get("action") != "Deleted"), "")
            if not number.isdecimal():
                raise PermissionMissing("the credential sees no employee", operation=CHANGED)
            return number

        return reading.memo("somebody", read)

    def collect(self, context: Context, kind: str) -> Iterator[Observation]:
        """See Connector. Raises KeyError for a kind that BambooHR does not offer."""
        reader = people.READERS[kind]
        reading = self._started(context)
        try:
            yield from reader(reading)
        except UNSOUND as error:
            raise SchemaDrift(f"an answer is not as BambooHR documents it: {type(error).__name__} {error}") from error

    def close(self) -> None:
        """Give connections and memory back when the run is over."""
        if self._reading is not None:
            self._reading.client.close()
            self._reading = None

    def _started(self, context: Context) -> Reading:
        if self._reading is None or self._reading.context is not context:
            self.close()
            self._reading = Reading(context, BambooClient(context, self._sleep), self._page_rows)
        return self._reading


CONNECTOR = BamboohrConnector
