"""The Jira connector: what it is set up with, whom it speaks to, what it may call, and the streams of all areas together."""

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from integrations.errors import Fault, NotLicensed, SchemaDrift
from integrations.transport.context import Context
from integrations.transport.contract import Identity, Observation, Probe, Stream
from integrations.vendors.jira import readers as areas
from integrations.vendors.jira import settings
from integrations.vendors.jira.client import JiraClient
from integrations.vendors.jira.collectors.values import word
from integrations.vendors.jira.probing import probe_operation
from integrations.vendors.jira.reading import UNSOUND, Reader, Reading

SERVER = "GET /rest/api/3/serverInfo"
MYSELF = "GET /rest/api/3/myself"


class DuplicateStream(ValueError):
    """Two areas read the same kind of fact: there must be one stream a kind."""


def _areas() -> tuple[tuple[Stream, ...], Mapping[str, Reader]]:
    streams: list[Stream] = []
    found: dict[str, Reader] = {}
    for area in sorted(each.name for each in pkgutil.iter_modules(areas.__path__)):
        module = importlib.import_module(f"{areas.__name__}.{area}")
        for stream in module.STREAMS:
            if stream.kind in found:
                raise DuplicateStream(f"{stream.kind} is read twice, the second time by readers/{area}.py")
            streams.append(stream)
            found[stream.kind] = module.READERS[stream.kind]
    return tuple(streams), MappingProxyType(found)


_STREAMS, _READERS = _areas()


class JiraConnector:
    """Reads one Jira Cloud site. One instance serves one run. `sleep` waits between attempts of one call."""

    KEY = settings.KEY
    NAME = settings.NAME
    VERSION = "1"
    SETTINGS = settings.SETTINGS
    STREAMS = _STREAMS

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._reading: Reading | None = None

    def identify(self, context: Context) -> Identity:
        """The site and the account used. Raises AuthRevoked, AuthExpired or Misconfigured."""
        reading = self._started(context)
        me = reading.memo("myself", lambda: reading.client.one(operation=MYSELF)).data
        server = reading.client.one(operation=SERVER).data
        if not isinstance(me, dict) or not word(me, "accountId"):
            raise SchemaDrift("the account has no id", operation=MYSELF)
        if not isinstance(server, dict) or not word(server, "baseUrl"):
            raise SchemaDrift("the site does not tell its address", operation=SERVER)
        site = word(server, "baseUrl").lower().rstrip("/")
        sort = "API token" if reading.client.session.basic else "app"
        principal = f"{word(me, 'displayName') or me['accountId']} ({sort})"
        detail = {"deployment": word(server, "deploymentType"), "api": reading.client.session.base_url}
        return Identity(account=site, account_name=site.partition("://")[2], principal=principal, detail=detail)

    def probe(self, context: Context, kinds: frozenset[str]) -> tuple[Probe, ...]:
        """One cheap call per operation that the kinds need, with the name of the permission that is missing."""
        reading = self._started(context)
        operations = sorted({each for stream in self.STREAMS if stream.kind in kinds for each in stream.operations})
        return tuple(self._probed(reading, each) for each in operations)

    def _probed(self, reading: Reading, operation: str) -> Probe:
        try:
            return probe_operation(reading, operation)
        except NotLicensed as fault:
            return Probe(operation=operation, outcome="not_licensed", detail=fault.detail)
        except Fault as fault:
            if fault.ends_run:
                raise
            return Probe(operation=operation, outcome="unreachable", detail=fault.detail)

    def collect(self, context: Context, kind: str) -> Iterator[Observation]:
        """See Connector. Raises KeyError for a kind that Jira does not offer."""
        reader = _READERS[kind]
        reading = self._started(context)
        try:
            yield from reader(reading)
        except UNSOUND as error:
            raise SchemaDrift(f"an answer is not as Atlassian documents it: {type(error).__name__} {error}") from error

    def close(self) -> None:
        """Give connections and memory back when the run is over."""
        if self._reading is not None:
            self._reading.client.close()
            self._reading = None

    def _started(self, context: Context) -> Reading:
        if self._reading is None or self._reading.context is not context:
            self.close()
            self._reading = Reading(context, JiraClient(context, self._sleep))
        return self._reading


CONNECTOR = JiraConnector
