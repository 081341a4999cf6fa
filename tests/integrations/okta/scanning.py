"""Reading the twin as a run would: facts by name, faults and calls at hand."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evidence.facts.fact import Fact
from integrations.sandbox.okta.server import Running
from integrations.transport.context import Context
from integrations.transport.contract import Observation
from integrations.transport.quota import MemoryQuota, Quota
from integrations.transport.spool import Spool
from integrations.vendors.okta.connector import OktaConnector
from tests.integrations.okta.conftest import TOKEN

LOOPBACK = ("127.0.0.0/8",)
ALL_KINDS = frozenset(stream.kind for stream in OktaConnector.STREAMS)


@dataclass(frozen=True)
class Reader:
    """One run over the twin."""

    context: Context
    connector: OktaConnector
    spool: Spool
    slept: list[float]

    def observations(self, kind: str) -> list[Observation]:
        """Everything read of one kind."""
        return list(self.connector.collect(self.context, kind))

    def facts(self, kind: str) -> dict[str, Any]:
        """Facts by name. Two of one name fail the test."""
        found: list[Fact] = [each.fact for each in self.observations(kind)]
        by_name = {each.name: each for each in found}
        assert len(by_name) == len(found), [each.name for each in found]
        return by_name

    def calls(self, operation: str) -> int:
        """How often an operation stands in the ledger."""
        return sum(each.operation == operation for each in self.context.ledger.calls())


@contextmanager
def reading(
    twin: Running,
    *,
    settings: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    kinds: frozenset[str] = ALL_KINDS,
    cursors: Mapping[str, Mapping[str, str]] | None = None,
    only: Mapping[str, frozenset[str]] | None = None,
    since: datetime | None = None,
    allow: tuple[str, ...] = LOOPBACK,
    quota: Quota | None = None,
) -> Iterator[Reader]:
    """A run with an API token unless said otherwise, by the twin's clock, that never really sleeps."""
    slept: list[float] = []
    with Spool() as spool:
        context = Context(
            settings={"org_url": twin.url, **(settings or {})}, secrets={"token": TOKEN} if secrets is None else secrets, kinds=kinds, spool=spool,
            allow=allow, clock=twin.clock.now, cursors=cursors or {}, only=only or {}, since=since, quota=quota or MemoryQuota(),
        )  # fmt: skip
        connector = OktaConnector(sleep=slept.append)
        try:
            yield Reader(context, connector, spool, slept)
        finally:
            connector.close()
