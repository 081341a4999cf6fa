"""Reading the twin as a run would: facts by name, faults, calls and cursors at hand."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.sandbox.bamboohr.server import Running
from integrations.transport.context import Context
from integrations.transport.contract import Observation
from integrations.transport.spool import Spool
from integrations.vendors.bamboohr.connector import BamboohrConnector
from tests.integrations.bamboohr.conftest import API_KEY, REFRESH, SECRET

LOOPBACK = ("127.0.0.0/8",)
ALL_KINDS = frozenset(stream.kind for stream in BamboohrConnector.STREAMS)
KEY = {"api_key": API_KEY}
OAUTH = {"client_secret": SECRET, "refresh_token": REFRESH}
SETTINGS = {
    "company": "fernhill",
    "client_id": "app",
    "time_zones": "Berlin = Europe/Berlin",
    "former_emails_field": "formerWorkEmails",
    "contract_end_field": "contractEndDate",
}


@dataclass(frozen=True)
class Reader:
    """One run over the twin."""

    context: Context
    connector: BamboohrConnector
    spool: Spool
    slept: list[float]

    def observations(self, kind: str = "person") -> list[Observation]:
        return list(self.connector.collect(self.context, kind))

    def facts(self, kind: str = "person") -> dict[str, Any]:
        """Facts by subject. Two of one subject fail the test."""
        found = [each.fact for each in self.observations(kind)]
        by_subject = {each.subject: each for each in found}
        assert len(by_subject) == len(found)
        return by_subject

    def people(self) -> dict[str, Any]:
        """People by first name."""
        return {each.name.partition(" ")[0]: each for each in self.facts().values()}

    def operations(self) -> list[str]:
        return [each.operation for each in self.context.ledger.calls()]

    def cursors(self) -> dict[str, Mapping[str, str]]:
        return {kind: held for kind in ALL_KINDS if (held := self.context.advanced(kind)) is not None}

    def kept(self) -> str:
        """Everything of spool and ledger."""
        pages = b"\n".join(self.spool.get(each) for each in sorted(self.spool.digests()))
        return pages.decode("utf-8", "replace") + repr(self.context.ledger.calls())


@contextmanager
def reading(
    twin: Running,
    *,
    secrets: Mapping[str, str] = KEY,
    settings: Mapping[str, str] | None = None,
    cursors: Mapping[str, Mapping[str, str]] | None = None,
    only: Mapping[str, frozenset[str]] | None = None,
    since: datetime | None = None,
    allow: tuple[str, ...] = LOOPBACK,
) -> Iterator[Reader]:
    """A run by the twin's clock that never really sleeps."""
    slept: list[float] = []
    with Spool() as spool:
        context = Context(
            settings={**SETTINGS, "base_url": twin.url, **(settings or {})},
            secrets=secrets,
            kinds=ALL_KINDS,
            spool=spool,
            allow=allow,
            clock=twin.clock.now,
            cursors=cursors or {},
            only=only or {},
            since=since,
        )
        connector = BamboohrConnector(sleep=slept.append)
        try:
            yield Reader(context, connector, spool, slept)
        finally:
            connector.close()
