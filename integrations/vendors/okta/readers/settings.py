"""Reads the organization's settings: authenticators, API tokens, zones, devices, log streams, ThreatInsight."""

from collections.abc import Callable, Iterator

from evidence.facts.fact import Fact
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.okta.client import OktaPage
from integrations.vendors.okta.collectors.settings import v1 as collector
from integrations.vendors.okta.collectors.values import identifier, word
from integrations.vendors.okta.readers.directory import ASSIGNEES, ROLES, USERS, administrators, roles_of, users
from integrations.vendors.okta.reading import Listed, Reader, Reading, Row

ORGANIZATION = "GET /api/v1/org"
AUTHENTICATORS = "GET /api/v1/authenticators"
TOKENS = "GET /api/v1/api-tokens"
ZONES = "GET /api/v1/zones"
DEVICES = "GET /api/v1/devices"
LOG_STREAMS = "GET /api/v1/logStreams"
THREATS = "GET /api/v1/threats/configuration"
LIMIT = 200

STREAMS = (
    Stream(
        kind="identity_organization",
        title="The organization",
        operations=(ORGANIZATION, LOG_STREAMS),
        completeness=Completeness.CONSISTENT_READ,
        never="Addresses and telephone numbers of the organization are dropped.",
    ),
    Stream(
        kind="authenticator",
        title="Authenticators",
        operations=(AUTHENTICATORS,),
        completeness=Completeness.DOUBLE_PASS,
        never="Keys of external authenticators are dropped before anything is kept.",
    ),
    Stream(
        kind="identity_token",
        title="API tokens and whose they are",
        operations=(TOKENS, USERS, ASSIGNEES, ROLES),
        completeness=Completeness.DOUBLE_PASS,
        never="Okta never shows a token itself.",
    ),
    Stream(kind="network_zone", title="Network zones", operations=(ZONES,), completeness=Completeness.DOUBLE_PASS),
    Stream(
        kind="identity_device",
        title="Devices",
        operations=(DEVICES,),
        completeness=Completeness.DOUBLE_PASS,
        never="Serial numbers and other identifiers of devices are dropped, and the name of a device, which is often its owner's.",
    ),
    Stream(
        kind="log_stream",
        title="Log streams",
        operations=(LOG_STREAMS,),
        completeness=Completeness.DOUBLE_PASS,
        never="Settings of streams, which hold credentials, are dropped before anything is kept.",
    ),
    Stream(kind="threat_setting", title="ThreatInsight", operations=(THREATS,), completeness=Completeness.CONSISTENT_READ),
)


def organization_page(reading: Reading) -> OktaPage:
    """The organization, once a run."""
    return reading.memo("organization", lambda: reading.client.one(operation=ORGANIZATION, kind="identity_organization"))


def _listed(kind: str, operation: str, make: Callable[[Row], Fact], **query: object) -> Reader:
    def read(reading: Reading) -> Iterator[Observation]:
        listed = reading.memo(operation, lambda: reading.listed(operation, kind=kind, query=query, key=identifier))
        reading.context.achieved(kind, listed.completeness.value)
        yield from reading.facts(kind, listed.rows, make)

    return read


def _single(reading: Reading, kind: str, page: OktaPage, make: Callable[[Row], Fact], also: tuple[str, ...] = ()) -> Iterator[Observation]:
    row = page.data if isinstance(page.data, dict) else {}
    yield from reading.facts(kind, [(row, page)], lambda held: (make(held), also))


def _organization(reading: Reading) -> Iterator[Observation]:
    kind = "identity_organization"

    def streams() -> Listed:
        return reading.memo(LOG_STREAMS, lambda: reading.listed(LOG_STREAMS, kind=kind, query={"limit": LIMIT}, key=identifier))

    listed = reading.part(kind, LOG_STREAMS, streams)
    active = None
    if listed is not None:
        active = tuple(sorted(word(row, "name") for row, _page in listed.rows if word(row, "status") == "ACTIVE"))
    also = tuple(page.digest for _row, page in listed.rows) if listed is not None else ()
    yield from _single(reading, kind, organization_page(reading), lambda row: collector.organization(row, active), also)


def _tokens(reading: Reading) -> Iterator[Observation]:
    kind = "identity_token"
    listed = reading.listed(TOKENS, kind=kind, key=identifier)
    reading.context.achieved(kind, listed.completeness.value)
    people = reading.part(kind, USERS, lambda: users(reading)) if listed.rows else None
    admins = reading.part(kind, ASSIGNEES, lambda: administrators(reading)) if listed.rows else None
    known = {word(row, "id"): (word(row, "status").lower(), page.digest) for row, page in people.rows} if people is not None else {}

    def make(row: Row):
        owner = word(row, "userId")
        status, digest = known.get(owner, ("", "")) if people is not None else (None, "")
        own = (admins[owner].digest, admins[owner].listed) if admins is not None and owner in admins else ()
        return collector.token(row, status=status, roles=roles_of(admins, owner)), [each for each in (digest, *own) if each]

    yield from reading.facts(kind, listed.rows, make)


def _threats(reading: Reading) -> Iterator[Observation]:
    page = reading.client.one(operation=THREATS, kind="threat_setting")
    yield from _single(reading, "threat_setting", page, collector.threat_setting)


READERS: dict[str, Reader] = {
    "identity_organization": _organization,
    "authenticator": _listed("authenticator", AUTHENTICATORS, collector.authenticator),
    "identity_token": _tokens,
    "network_zone": _listed("network_zone", ZONES, collector.zone, limit=LIMIT),
    "identity_device": _listed("identity_device", DEVICES, collector.device, limit=LIMIT, expand="user"),
    "log_stream": _listed("log_stream", LOG_STREAMS, collector.log_stream, limit=LIMIT),
    "threat_setting": _threats,
}


def name_of(page: OktaPage) -> str:
    """What the organization calls itself."""
    row = page.data if isinstance(page.data, dict) else {}
    return word(row, "companyName") or word(row, "subdomain")
