"""Reading a sandbox account as a run would: facts by subject's name, faults and skips at hand."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import boto3

from evidence.facts.fact import Fact
from integrations.sandbox.aws.server import Sandbox
from integrations.transport.context import Context
from integrations.transport.contract import Observation
from integrations.transport.spool import Spool
from integrations.vendors.aws.connector import AwsConnector

HOME = "eu-central-1"


@dataclass(frozen=True)
class Reader:
    """One run over a sandbox account."""

    context: Context
    connector: AwsConnector

    def observations(self, kind: str) -> list[Observation]:
        """Everything read of one kind."""
        return list(self.connector.collect(self.context, kind))

    def facts(self, kind: str) -> dict[str, Any]:
        """Facts by name. Two of one name fail the test."""
        found: list[Fact] = [each.fact for each in self.observations(kind)]
        by_name = {each.name: each for each in found}
        assert len(by_name) == len(found), [each.name for each in found]
        return by_name


@contextmanager
def reading(sandbox: Sandbox, kinds: tuple[str, ...], *, regions: str = HOME) -> Iterator[Reader]:
    """A run that reads these regions."""
    settings = {"region": HOME, "regions": regions, "endpoint_url": sandbox.url}
    secrets = {"access_key_id": "AKIAFERNHILLTEST0001", "secret_access_key": "not-a-real-secret"}
    with Spool() as spool:
        context = Context(settings=settings, secrets=secrets, kinds=frozenset(kinds), spool=spool, allow=("127.0.0.0/8",))
        connector = AwsConnector()
        try:
            yield Reader(context, connector)
        finally:
            connector.close()


def owner(sandbox: Sandbox, service: str, region: str = HOME) -> Any:
    """A client of the account's owner, for arranging."""
    return _owner(sandbox.url, service, region)


@lru_cache(maxsize=32)
def _owner(url: str, service: str, region: str) -> Any:
    return boto3.client(
        service, endpoint_url=url, region_name=region, aws_access_key_id="AKIAOWNER", aws_secret_access_key="not-a-real-secret"
    )


def stored(reader: Reader, observation: Observation) -> Mapping[str, bytes]:
    """The raw pages of an observation, as kept."""
    return {digest: reader.context.spool.get(digest) for digest in observation.pages}
