"""Acme's connector keeps the contract: `pytest -p integrations.kit.plugin`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import acme_connector
from acme_connector.connector import AcmeConnector
from acme_connector.twin import TOKEN, Twin, running

from integrations.errors import (
    AuthExpired,
    AuthRevoked,
    CursorExpired,
    HostilePayload,
    Misconfigured,
    NotLicensed,
    PartialResult,
    PermissionMissing,
    RateLimited,
    SchemaDrift,
    Transient,
    VendorOutage,
)
from integrations.kit.bed import Bed, Trouble, World
from integrations.kit.suite import ConnectorContract
from integrations.transport.context import Context
from integrations.transport.contract import Connector

SALARY = "98765-planted"
JSON, HTML = {"content-type": "application/json"}, {"content-type": "text/html"}


def answers(status: int, body: bytes = b"{}", headers: dict[str, str] = JSON) -> Trouble:
    """The list answers so from now on."""
    return Trouble(kind="person", script=lambda world: setattr(world.twin, "trouble", (status, headers, body)))


def people(count: int) -> dict[int, dict]:
    """`count` people on the roster."""
    base = {"contract": "staff", "state": "here", "first_day": "2024-01-08", "last_day": "", "title": "Engineer", "team": "Platform"}
    return {
        number: {
            "id": number,
            "name": f"Person {number}",
            "email": f"p{number}@fernhill.example",
            "salary": SALARY,
            "birthday": SALARY,
            **base,
        }
        for number in range(1, count + 1)
    }


class AcmeBed(Bed):
    """Five people in three pages."""

    connector = AcmeConnector
    counts = {"person": 5}
    paged = drifting = empties = frozenset({"person"})
    private = (SALARY,)
    private_file = Path(acme_connector.__path__[0]) / "private.yaml"
    troubles = {
        AuthRevoked: answers(401),
        NotLicensed: answers(402),
        PermissionMissing: answers(403),
        RateLimited: answers(429, headers={**JSON, "retry-after": "90"}),
        Transient: answers(503),
        VendorOutage: answers(200, b"<html>maintenance</html>", HTML),
        SchemaDrift: answers(200, b'{"people": [{"id": 1}], "total": 1, "next": ""}'),
        HostilePayload: answers(200, b'{"people": [], "people": []}'),
        PartialResult: answers(200, b'{"people": [], "total": 5, "next": "3"}'),
        Misconfigured: Trouble(kind="person", script=lambda world: world.settings.pop("base_url")),  # type: ignore[attr-defined]
    }
    never = {
        AuthExpired: "Acme's tokens do not end, they are revoked",
        CursorExpired: "the cursor is the last id, which never runs out",
    }

    @contextmanager
    def world(self, *, empty: bool = False) -> Iterator[World]:
        """See Bed."""
        with running(Twin(people({True: 0, False: 5}[empty]))) as twin:
            yield World(settings={"base_url": twin.url}, secrets={"token": TOKEN}, requests=lambda: list(twin.requests), twin=twin)

    def deny(self, world: World, kind: str) -> None:
        """See Bed."""
        world.twin.trouble = (403, JSON, b'{"error": "people:read is missing"}')

    def leave(self, world: World, kind: str) -> str:
        """See Bed."""
        world.twin.people.pop(1)
        return "acme:1"

    def write(self, connector: Connector, context: Context) -> object:
        """See Bed."""
        assert isinstance(connector, AcmeConnector)
        return connector.api(context).get("DELETE /v1/people/1")

    def make(self) -> Connector:
        """Without waiting between attempts."""
        return AcmeConnector(sleep=lambda _seconds: None)


class TestAcme(ConnectorContract):
    """Clause by clause."""

    bed = AcmeBed()
