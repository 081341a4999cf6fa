"""The GitHub connector: what it is set up with, whom it speaks to, what it may call, and the streams of all areas together."""

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from integrations.errors import Fault, Misconfigured, NotLicensed, PermissionMissing, SchemaDrift
from integrations.transport.context import Context
from integrations.transport.contract import Identity, Observation, Probe, Stream
from integrations.vendors.github import readers as areas
from integrations.vendors.github import settings
from integrations.vendors.github.client import GithubClient
from integrations.vendors.github.collectors.values import inner, word
from integrations.vendors.github.probing import probe_operation
from integrations.vendors.github.readers.organization import organization_page
from integrations.vendors.github.reading import UNSOUND, Reader, Reading

USER = "GET /user"
APP = "GET /app"


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


class GithubConnector:
    """Reads one GitHub organization. One instance serves one run. `sleep` waits between attempts of one call."""

    KEY = settings.KEY
    NAME = settings.NAME
    VERSION = "1"
    SETTINGS = settings.SETTINGS
    STREAMS = _STREAMS

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._reading: Reading | None = None

    def identify(self, context: Context) -> Identity:
        """The organization and the identity used. Raises AuthRevoked, AuthExpired or Misconfigured."""
        reading = self._started(context)
        principal = self._principal(reading)
        try:
            row = organization_page(reading).data
        except PermissionMissing as fault:
            said = f"this credential sees no organization “{reading.organization}”; look at its spelling, and whether access was granted"
            raise Misconfigured(said, operation=fault.operation) from fault
        if not isinstance(row.get("id"), int) or not word(row, "login"):
            raise SchemaDrift("the organization has no id or no name", operation="GET /orgs/{org}")
        detail = {"plan": word(inner(row, "plan"), "name"), "api": reading.client.session.base_url}
        return Identity(account=str(row["id"]), account_name=word(row, "login"), principal=principal, detail=detail)

    def _principal(self, reading: Reading) -> str:
        session = reading.client.session
        if session.is_app:
            app = reading.client.one(operation=APP, bearer=session.statement()).data
            return f"app {word(app, 'slug') if isinstance(app, dict) else session.app_id}"
        try:
            user = reading.client.one(operation=USER).data
        except PermissionMissing:  # a token of an installation, which is nobody's
            return "installation token"
        return f"user {word(user, 'login') if isinstance(user, dict) else ''}"

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
        """See Connector. Raises KeyError for a kind that GitHub does not offer."""
        reader = _READERS[kind]
        reading = self._started(context)
        try:
            yield from reader(reading)
        except UNSOUND as error:
            raise SchemaDrift(f"an answer is not as GitHub documents it: {type(error).__name__} {error}") from error

    def close(self) -> None:
        """Give connections and memory back when the run is over."""
        if self._reading is not None:
            self._reading.client.close()
            self._reading = None

    def _started(self, context: Context) -> Reading:
        if self._reading is None or self._reading.context is not context:
            self.close()
            self._reading = Reading(context, GithubClient(context, self._sleep))
        return self._reading


CONNECTOR = GithubConnector
