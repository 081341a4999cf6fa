"""Facts of Okta made again from the answers of a former run, with the readers and the collectors of then. Nothing is sent."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from integrations.errors import SchemaDrift
from integrations.transport.contract import Observation
from integrations.transport.replaying import Answers, Replay, bound_to, exchange_of
from integrations.vendors.okta import readers
from integrations.vendors.okta.client import OktaClient, OktaPage
from integrations.vendors.okta.exchange import Exchange
from integrations.vendors.okta.reading import UNSOUND, Reading

SECRETS: Mapping[str, str] = {"token": "replayed"}
DROPPED = ("client_id", "key_id", "org_url")
VERSIONS: Mapping[str, Mapping[str, int]] = {"1": {}}  # of the connector -> versions of collectors beyond the first, by area
LIMITS: Mapping[str, str] = {}


def reader_module(kind: str) -> ModuleType | None:
    """The module that reads a kind."""
    for each in pkgutil.iter_modules(readers.__path__):
        module = importlib.import_module(f"{readers.__name__}.{each.name}")
        if kind in module.READERS:
            return module
    return None


def settings_of(settings: Mapping[str, str], _answers: Answers) -> dict[str, str]:
    """What the client is set up with: the connection's settings as far as they are known."""
    kept = {name: value for name, value in settings.items() if name not in DROPPED}
    return {**kept, "org_url": "http://127.0.0.1:9"}


def observations(replay: Replay, kind: str) -> Iterator[Observation]:
    """Facts of that kind as the run made them. Raises the faults of then, NotKept where an answer is not kept, KeyError for a kind that
    is not read."""
    module = reader_module(kind)
    if module is None:
        raise KeyError(kind)
    client = ReplayedClient(replay.context, replay.answers)
    try:
        yield from bound_to(module, replay.collectors).READERS[kind](Reading(replay.context, client))
    except UNSOUND as error:
        raise SchemaDrift(f"an answer is not as Okta documents it: {type(error).__name__} {error}") from error
    finally:
        client.close()


class ReplayedClient(OktaClient):
    """Answers from the ledger, read as they were then."""

    def __init__(self, context: Any, answers: Answers) -> None:
        super().__init__(context, (), sleep=lambda _seconds: None)
        self._answers = answers

    def _once(self, request: Any, header: str) -> tuple[OktaPage, str]:
        answer = self._answers.find(request.operation, request.parameters, partition=request.partition, page=request.page)
        exchange = exchange_of(answer, request.url, Exchange)
        if answer.body is None:
            answer.raise_fault()
            data = self._answers.shape_of(request.operation)
            return OktaPage(operation=request.operation, data=data, digest=answer.call.sha256, number=request.page), ""
        page, following = self._answered(request, exchange)
        return page, following if answer.more else ""
