"""The Okta connector: what it is set up with, whom it speaks to, what it may call, and the streams of all areas together."""

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from integrations.errors import Fault, NotLicensed, PermissionMissing, SchemaDrift
from integrations.transport.context import Context
from integrations.transport.contract import Identity, Observation, Probe, Stream
from integrations.vendors.okta import readers as areas
from integrations.vendors.okta import settings
from integrations.vendors.okta.client import OktaClient
from integrations.vendors.okta.collectors.values import inner, word
from integrations.vendors.okta.permissions import ORGANIZATION, SCOPES
from integrations.vendors.okta.probing import probe_operation
from integrations.vendors.okta.readers.settings import name_of, organization_page
from integrations.vendors.okta.reading import UNSOUND, Reader, Reading

METADATA = "GET /.well-known/okta-organization"
ME = "GET /api/v1/users/{id}"


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


class OktaConnector:
    """Reads one Okta organization. One instance serves one run. `sleep` waits between attempts, and for our share of a bucket."""

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
        row = reading.client.one(operation=METADATA, public=True).data
        if not isinstance(row, dict) or not word(row, "id"):
            raise SchemaDrift("the organization has no id", operation=METADATA)
        name = ""
        try:
            name = name_of(organization_page(reading))
        except (PermissionMissing, NotLicensed):  # the id is enough; the name is for people
            name = reading.client.session.host
        detail = {"address": reading.client.session.base_url, "pipeline": word(row, "pipeline")}
        return Identity(account=word(row, "id"), account_name=name or reading.client.session.host, principal=principal, detail=detail)

    def _principal(self, reading: Reading) -> str:
        session = reading.client.session
        if session.is_app:
            reading.client.authorize()
            return f"app {session.client_id}"
        try:
            row = reading.client.one(operation=ME, path={"id": "me"}).data
        except PermissionMissing:
            return "API token"
        return f"user {word(inner(row, 'profile'), 'login') if isinstance(row, dict) else ''}"

    def probe(self, context: Context, kinds: frozenset[str]) -> tuple[Probe, ...]:
        """One cheap call per operation that the kinds need, with the name of the scope that is missing."""
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
        """See Connector. Raises KeyError for a kind that Okta does not offer."""
        reader = _READERS[kind]
        reading = self._started(context)
        try:
            yield from reader(reading)
        except UNSOUND as error:
            raise SchemaDrift(f"an answer is not as Okta documents it: {type(error).__name__} {error}") from error

    def close(self) -> None:
        """Give connections, loop and memory back when the run is over."""
        if self._reading is not None:
            self._reading.client.close()
            self._reading = None

    def _started(self, context: Context) -> Reading:
        if self._reading is None or self._reading.context is not context:
            self.close()
            self._reading = Reading(context, OktaClient(context, self._wanted(context), self._sleep))
        return self._reading

    def _wanted(self, context: Context) -> tuple[str, ...]:
        """The scopes that this run needs: no token is asked for more."""
        operations = {each for stream in self.STREAMS if stream.kind in context.kinds for each in stream.operations}
        return tuple(sorted({ORGANIZATION, *(SCOPES[each] for each in operations)}))


CONNECTOR = OktaConnector
