"""Reads the apps that people reach through Okta, and how they are assigned."""

from collections.abc import Iterator

from integrations.errors import Fault, PermissionMissing
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.okta.client import OktaPage
from integrations.vendors.okta.collectors.apps import v1 as collector
from integrations.vendors.okta.collectors.apps.v1 import Assigned
from integrations.vendors.okta.collectors.values import identifier, word
from integrations.vendors.okta.errors import Vanished
from integrations.vendors.okta.readers.directory import REFUSED
from integrations.vendors.okta.reading import UNSOUND, Reader, Reading, Row, rows_of

APPS = "GET /api/v1/apps"
APP_USERS = "GET /api/v1/apps/{appId}/users"
APP_GROUPS = "GET /api/v1/apps/{appId}/groups"
APPS_LIMIT = 200
USERS_LIMIT = 500
GROUPS_LIMIT = 200
DIRECT = "USER"

STREAMS = (
    Stream(
        kind="identity_app",
        title="Apps and how they are assigned",
        operations=(APPS, APP_USERS, APP_GROUPS),
        completeness=Completeness.DOUBLE_PASS,
        never="Credentials, secrets and settings of apps are dropped before anything is kept; of people only how many, and how assigned.",
    ),
)


def _apps(reading: Reading) -> Iterator[Observation]:
    kind = "identity_app"
    listed = reading.listed(APPS, kind=kind, query={"limit": APPS_LIMIT}, key=identifier)
    reading.context.achieved(kind, listed.completeness.value)
    wanted = [number for row, _page in listed.rows if (number := _active(reading, row))]
    assigned: dict[str, tuple[Assigned, list[str]]] = {}
    gone = set()
    for number, result in reading.for_each(wanted, lambda number: _assigned(reading, number)):
        if isinstance(result, Vanished):
            gone.add(number)
        elif isinstance(result, REFUSED):
            reading.client.report_once(kind, PermissionMissing(result.detail, operation=result.operation or APP_USERS))
        elif isinstance(result, Fault):
            raise result
        else:
            assigned[number] = result

    def make(row: Row):
        number = identifier(row)
        if number in gone:
            return None
        held, digests = assigned.get(number, (Assigned(), []))
        return collector.identity_app(row, held), digests

    yield from reading.facts(kind, listed.rows, make)


def _active(reading: Reading, row: Row) -> str:
    try:
        number = identifier(row)
    except UNSOUND:  # whoever makes the fact reports it
        return ""
    return number if word(row, "status") == "ACTIVE" and reading.wanted("identity_app", number) else ""


def _assigned(reading: Reading, number: str) -> tuple[Assigned, list[str]]:
    people: dict[str, str] = {}
    digests = []
    for page in _pages(reading, APP_USERS, number, USERS_LIMIT):
        digests.append(page.digest)
        people |= {identifier(row): word(row, "scope") for row in rows_of(page)}
    numbers = set()
    for page in _pages(reading, APP_GROUPS, number, GROUPS_LIMIT):
        digests.append(page.digest)
        numbers |= {identifier(row) for row in rows_of(page)}
    directly = sum(scope == DIRECT for scope in people.values())
    return Assigned(len(people), directly, tuple(sorted(numbers))), digests


def _pages(reading: Reading, operation: str, number: str, limit: int) -> Iterator[OktaPage]:
    return reading.client.pages(operation=operation, path={"appId": number}, query={"limit": limit}, kind="identity_app", partition=number)


READERS: dict[str, Reader] = {"identity_app": _apps}
