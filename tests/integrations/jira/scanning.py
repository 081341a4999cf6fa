"""Reading the twin as a run would: facts by name, faults and calls at hand."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.sandbox.jira.server import Running
from integrations.transport.context import Context
from integrations.transport.contract import Observation
from integrations.transport.spool import Spool
from integrations.vendors.jira.connector import JiraConnector

LOOPBACK = ("127.0.0.0/8",)
ALL_KINDS = frozenset(stream.kind for stream in JiraConnector.STREAMS)
MARTA = ("marta@fernhill.example", "token-marta")
TOM = ("tom@fernhill.example", "token-tom")


@dataclass(frozen=True)
class Reader:
    """One run over the twin."""

    context: Context
    connector: JiraConnector
    spool: Spool

    def observations(self, kind: str) -> list[Observation]:
        """Everything read of one kind."""
        return list(self.connector.collect(self.context, kind))

    def facts(self, kind: str) -> dict[str, Any]:
        """Facts by the first word of their name (the key of a ticket or project), people and groups by their whole name."""
        found = [each.fact for each in self.observations(kind)]
        return {each.name.split(" ")[0] if kind in ("ticket", "tracker_project") else each.name: each for each in found}

    def calls(self, operation: str) -> int:
        """How often an operation stands in the ledger."""
        return sum(each.operation == operation for each in self.context.ledger.calls())

    def kept(self) -> str:
        """Everything of the spool and the ledger."""
        pages = b"\n".join(self.spool.get(each) for each in sorted(self.spool.digests())).decode()
        return pages + repr(self.context.ledger.calls())


@contextmanager
def reading(
    twin: Running, *, who: tuple[str, str] = MARTA, settings: Mapping[str, str] | None = None,
    cursors: Mapping[str, Mapping[str, str]] | None = None, only: Mapping[str, frozenset[str]] | None = None, since: datetime | None = None,
) -> Iterator[Reader]:  # fmt: skip
    """A run with an API token, by the twin's clock, that never really sleeps."""
    with Spool() as spool:
        context = Context(
            settings={"site_url": twin.url, "email": who[0], **(settings or {})}, secrets={"api_token": who[1]}, kinds=ALL_KINDS,
            spool=spool, allow=LOOPBACK, clock=twin.clock.now, cursors=cursors or {}, only=only or {}, since=since,
        )  # fmt: skip
        connector = JiraConnector(sleep=lambda _seconds: None)
        try:
            yield Reader(context, connector, spool)
        finally:
            connector.close()
