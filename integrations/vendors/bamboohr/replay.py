"""Facts of BambooHR made again from the answers of a former run, with the readers and the collectors of then. Nothing is sent."""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from integrations.errors import SchemaDrift
from integrations.transport.contract import Observation
from integrations.transport.replaying import Answers, Hollow, Replay, bound_to, exchange_of
from integrations.vendors.bamboohr import people
from integrations.vendors.bamboohr.client import BambooClient, BambooPage
from integrations.vendors.bamboohr.reading import UNSOUND, Reading

SECRETS: Mapping[str, str] = {"api_key": "replayed"}
DROPPED = ("client_id", "base_url")
VERSIONS: Mapping[str, Mapping[str, int]] = {"1": {}}  # of the connector -> versions of collectors beyond the first, by area
LIMITS: Mapping[str, str] = {
    "roster": "the count of a week before comes from earlier readings, which the stream remembers and no page holds",
}


def reader_module(kind: str) -> ModuleType | None:
    """The module that reads a kind."""
    return people if kind in people.READERS else None


def settings_of(settings: Mapping[str, str], _answers: Answers) -> dict[str, str]:
    """What the client is set up with: the connection's settings as far as they are known."""
    kept = {name: value for name, value in settings.items() if name not in DROPPED}
    return {"company": "replayed", **kept, "base_url": "http://127.0.0.1:9"}


def observations(replay: Replay, kind: str) -> Iterator[Observation]:
    """Facts of that kind as the run made them. Raises the faults of then, NotKept where an answer is not kept, KeyError for a kind that
    is not read."""
    if kind not in people.READERS:
        raise KeyError(kind)
    client = ReplayedClient(replay.context, sleep=lambda _seconds: None)
    client.answers = replay.answers
    try:
        yield from bound_to(people, replay.collectors).READERS[kind](Reading(replay.context, client))
    except UNSOUND as error:
        raise SchemaDrift(f"an answer is not as BambooHR documents it: {type(error).__name__} {error}") from error
    finally:
        client.close()


class ReplayedClient(BambooClient):
    """Answers from the ledger, read as they were then."""

    answers: Answers

    def _once(self, request: Any, authorization: str) -> BambooPage:
        answer = self.answers.find(request.operation, request.parameters, page=request.page)
        if answer.body is None:
            answer.raise_fault()
            return BambooPage(operation=request.operation, data=Hollow(), digest=answer.call.sha256, number=request.page)
        return self._answered(request, exchange_of(answer, request.url))
