"""Facts of Jira made again from the answers of a former run, with the readers and the collectors of then. Nothing is sent."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from integrations.errors import SchemaDrift
from integrations.transport.contract import Observation
from integrations.transport.replaying import Answers, Hollow, Replay, bound_to, exchange_of
from integrations.vendors.jira import readers
from integrations.vendors.jira.client import JiraClient, JiraPage
from integrations.vendors.jira.reading import UNSOUND, Reading

COUNT = "POST /rest/api/3/search/approximate-count"
SECRETS: Mapping[str, str] = {"api_token": "replayed"}
DROPPED = ("client_id", "cloud_id", "site_url", "api_url", "email")
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
    return {**kept, "site_url": "http://127.0.0.1:9", "email": "nobody@replayed.example"}


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
        raise SchemaDrift(f"an answer is not as Atlassian documents it: {type(error).__name__} {error}") from error
    finally:
        client.close()


class ReplayedClient(JiraClient):
    """Answers from the ledger, read as they were then."""

    def __init__(self, context: Any, answers: Answers) -> None:
        super().__init__(context, sleep=lambda _seconds: None)
        self._answers = answers

    def _once(self, request: Any, header: str) -> JiraPage:
        answer = self._answers.find(request.operation, request.parameters, partition=request.partition, page=request.page)
        if answer.body is None:
            answer.raise_fault()
            if request.operation == COUNT:  # how many there were is not what is made again
                return JiraPage(operation=request.operation, data={"count": 0}, digest=answer.call.sha256, number=request.page)
            return JiraPage(
                operation=request.operation, data=[] if request.bare else Hollow(), digest=answer.call.sha256, number=request.page
            )
        exchange = exchange_of(answer, request.url)
        return JiraPage(
            operation=request.operation, data=self._parsed(request, exchange), digest=self.context.spool.put(exchange.body), number=request.page
        )  # fmt: skip
