"""The AWS connector: what it is set up with, whom it speaks to, what it may call, and the streams of all areas together."""

import importlib
import pkgutil
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from integrations.errors import AuthRevoked, Fault, NotLicensed, PermissionMissing, SchemaDrift
from integrations.transport.context import Context
from integrations.transport.contract import Identity, Observation, Probe, Stream
from integrations.vendors.aws import readers as areas
from integrations.vendors.aws.client import AwsClient
from integrations.vendors.aws.errors import RegionRefused
from integrations.vendors.aws.permissions import permission
from integrations.vendors.aws.probing import sample
from integrations.vendors.aws.reading import UNSOUND, Reader, Reading
from integrations.vendors.aws.settings import SETTINGS

ASSUME = "sts:AssumeRole"


class DuplicateStream(ValueError):
    """Two areas read the same kind of fact: there must be one stream a kind."""


def _areas() -> tuple[tuple[Stream, ...], Mapping[str, Reader]]:
    streams: list[Stream] = []
    readers: dict[str, Reader] = {}
    for area in sorted(each.name for each in pkgutil.iter_modules(areas.__path__)):
        module = importlib.import_module(f"{areas.__name__}.{area}")
        for stream in getattr(module, "STREAMS", ()):  # a module without streams serves other areas
            if stream.kind in readers:
                raise DuplicateStream(f"{stream.kind} is read twice, the second time by readers/{area}.py")
            streams.append(stream)
            readers[stream.kind] = module.READERS[stream.kind]
    return tuple(streams), MappingProxyType(readers)


_STREAMS, _READERS = _areas()


def new_external_id() -> str:
    """A random ExternalId for a new connection (256 bits). Made once, never changed, shown to the customer, never chosen by him:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html."""
    return secrets.token_urlsafe(32)


class AwsConnector:
    """Reads one AWS account. One instance serves one run. `sleep` waits while AWS makes a report."""

    KEY = "aws"
    NAME = "Amazon Web Services"
    VERSION = "1"
    STREAMS = _STREAMS
    SETTINGS = SETTINGS
    # Settings that the product makes itself, once, when a connection is created; shown, never typed and never changed.
    GENERATED = MappingProxyType({"external_id": new_external_id})

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._reading: Reading | None = None

    def identify(self, context: Context) -> Identity:
        """The account and the identity used. Raises AuthRevoked, AuthExpired or Misconfigured."""
        reading = self._started(context)
        caller = reading.caller
        alias = self._alias(reading)
        detail = {"partition": reading.partition, "user_id": caller.get("UserId", "")}
        return Identity(account=caller["Account"], account_name=alias or caller["Account"], principal=caller["Arn"], detail=detail)

    def _alias(self, reading: Reading) -> str:
        try:
            return next(iter(reading.client.one(operation="iam:ListAccountAliases").data.get("AccountAliases", ())), "")
        except PermissionMissing:
            return ""

    def probe(self, context: Context, kinds: frozenset[str]) -> tuple[Probe, ...]:
        """First, when a role is used, the proof that it demands our ExternalId; then one cheap call per operation that the kinds
        need, where such a call is possible without knowing a resource; `ok` for an operation that needs one means that the list it
        starts from may be read."""
        reading = self._started(context)
        demanded = self._demands_external_id(reading)
        if demanded is not None and demanded.outcome != "ok":
            return (demanded,)
        operations = sorted({each for stream in self.STREAMS if stream.kind in kinds for each in stream.operations})
        asked = (*(self._probed(reading, each) for each in operations), *self._closed_regions(reading))
        return asked if demanded is None else (demanded, *asked)

    def _closed_regions(self, reading: Reading) -> tuple[Probe, ...]:
        try:
            closed = reading.closed_regions()
        except Fault as fault:
            if fault.ends_run:
                raise
            return ()  # the probe of the call itself says so
        detail = f"not enabled in the account: {', '.join(closed)}; take them out of “Regions to read”, or enable them at AWS"
        return (Probe(operation="ec2:DescribeRegions", outcome="misconfigured", detail=detail),) if closed else ()

    def _demands_external_id(self, reading: Reading) -> Probe | None:
        session = reading.client.session
        if not session.role_arn:
            return None
        reading.caller_page()  # the right one works, or this raises
        for given, said in (({}, "without an ExternalId"), ({"ExternalId": new_external_id()}, "with a wrong ExternalId")):
            try:
                session.assume_role(**given)
            except AuthRevoked:
                continue
            detail = (
                f"The role can be assumed {said}, so that another customer of the same platform could have this account read. "
                "Add the condition sts:ExternalId to the role's trust policy, as in the template of this page."
            )
            return Probe(operation=ASSUME, outcome="misconfigured", detail=detail)
        return Probe(operation=ASSUME, outcome="ok", detail="refused without the ExternalId and with a wrong one")

    def _probed(self, reading: Reading, operation: str) -> Probe:
        parameters = sample(operation)
        if parameters is None:
            return Probe(operation=operation, outcome="ok", detail="asked for each resource; a refusal is reported by the run")
        try:
            reading.client.one(operation=operation, parameters=parameters)
        except RegionRefused as fault:
            return Probe(operation=operation, outcome="ok", detail=fault.detail)
        except PermissionMissing as fault:
            return Probe(operation=operation, outcome="missing", detail=f"add {permission(operation)} to the role ({fault.detail})")
        except NotLicensed as fault:
            return Probe(operation=operation, outcome="not_licensed", detail=fault.detail)
        except SchemaDrift as fault:  # an answer about the example's content: the call itself was let through
            return Probe(operation=operation, outcome="ok", detail=fault.detail)
        except Fault as fault:
            if fault.ends_run:
                raise
            return Probe(operation=operation, outcome="unreachable", detail=fault.detail)
        return Probe(operation=operation, outcome="ok")

    def collect(self, context: Context, kind: str) -> Iterator[Observation]:
        """See Connector. Where the run is to look again at named subjects only, others that come along are left out. Raises
        KeyError for a kind that AWS does not offer."""
        reader, only = _READERS[kind], context.only.get(kind)
        reading = self._started(context)
        try:
            for each in reader(reading):
                if only is None or each.fact.subject in only:
                    yield each
        except UNSOUND as error:
            raise SchemaDrift(f"an answer is not as AWS documents it: {type(error).__name__} {error}") from error

    def close(self) -> None:
        """Give connections and memory back when the run is over."""
        if self._reading is not None:
            self._reading.client.close()
            self._reading = None

    def _started(self, context: Context) -> Reading:
        if self._reading is None or self._reading.context is not context:
            self.close()
            self._reading = Reading(context, AwsClient(context), self._sleep)
        return self._reading


CONNECTOR = AwsConnector
