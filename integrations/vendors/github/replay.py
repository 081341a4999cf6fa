"""Facts of GitHub made again from the answers of a former run, with the readers and the collectors of then. Nothing is sent."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from compliance.seal.canonical import parse_json
from integrations.errors import SchemaDrift
from integrations.transport.contract import Observation
from integrations.transport.exchange import MAX_BYTES
from integrations.transport.replaying import Answers, Replay, bound_to, exchange_of
from integrations.vendors.github import readers
from integrations.vendors.github.client import MAX_DEPTH, GithubClient, GithubPage, _connection
from integrations.vendors.github.reading import UNSOUND, Reading

SECRETS: Mapping[str, str] = {"token": "replayed"}
DROPPED = ("app_id", "installation_id", "base_url")
VERSIONS: Mapping[str, Mapping[str, int]] = {"1": {}}  # of the connector -> versions of collectors beyond the first, by area
LIMITS: Mapping[str, str] = {}


def reader_module(kind: str) -> ModuleType | None:
    """The module that reads a kind."""
    for each in pkgutil.iter_modules(readers.__path__):
        module = importlib.import_module(f"{readers.__name__}.{each.name}")
        if kind in module.READERS:
            return module
    return None


def settings_of(settings: Mapping[str, str], answers: Answers) -> dict[str, str]:
    """What the client is set up with: the connection's settings as far as they are known, and the organization of then."""
    kept = {name: value for name, value in settings.items() if name not in DROPPED}
    return {**kept, "base_url": "http://127.0.0.1:9", "organization": answers.parameter("org") or kept.get("organization", "")}


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
        raise SchemaDrift(f"an answer is not as GitHub documents it: {type(error).__name__} {error}") from error
    finally:
        client.close()


class ReplayedClient(GithubClient):
    """Answers from the ledger, read as they were then."""

    def __init__(self, context: Any, answers: Answers) -> None:
        super().__init__(context, sleep=lambda _seconds: None)
        self._answers = answers

    def _once(self, request: Any, bearer: str, lenient: Mapping[str, str] | None) -> tuple[GithubPage, str] | str:
        if "ruleset_id" in request.parameters:  # a ruleset of many repositories was asked for through the first of them
            answer = self._answers.find_by(request.operation, "ruleset_id", request.parameters["ruleset_id"])
        else:
            answer = self._answers.find(request.operation, request.parameters, partition=request.partition, page=request.page)
        exchange = exchange_of(answer, request.url)
        if answer.body is not None or answer.call.status in (204, 301, 302, 307, 308):
            answered = self._answered(request, exchange, lenient)
            if request.document and not answer.more and not isinstance(answered, str):
                _ended(answered[0].data)
            return answered
        answer.raise_fault()
        if request.document:
            data = _ended(parse_json(answer.sibling, MAX_BYTES, MAX_DEPTH)) if answer.sibling else {"data": {}}
        else:
            data = self._answers.shape_of(request.operation)
        return GithubPage(operation=request.operation, data=data, digest=answer.call.sha256, number=request.page), ""


def _ended(data: Any) -> Any:
    """A GraphQL answer after which no page is asked for: what comes behind it was read by a call of its own, or is not kept."""
    held = _connection(data) if isinstance(data, dict) else None
    if held is not None and isinstance(held.get("pageInfo"), dict):
        held["pageInfo"]["hasNextPage"] = False
    return data
