"""Facts of AWS made again from the answers of a former run, with the readers and the collectors of then. Nothing is sent."""

import importlib
import pkgutil
import threading
from collections.abc import Iterator, Mapping
from email.utils import format_datetime
from types import ModuleType
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.model import OperationModel

from integrations.errors import SchemaDrift
from integrations.transport.contract import Observation
from integrations.transport.replaying import Answers, Hollow, NotKept, Replay, bound_to
from integrations.vendors.aws import readers
from integrations.vendors.aws.client import AwsClient, AwsPage
from integrations.vendors.aws.exchange import Received, received
from integrations.vendors.aws.reading import UNSOUND, Reading
from integrations.vendors.aws.session import required_members

CALLER = "sts:GetCallerIdentity"
LOCATION = "s3:GetBucketLocation"
REPORT = "iam:GenerateCredentialReport"
# Settings that a former run's answers do not need, and credentials that sign requests which are never sent.
SECRETS: Mapping[str, str] = {"access_key_id": "AKIAREPLAYEDREPLAYED", "secret_access_key": "nothing is sent"}
DROPPED = ("role_arn", "external_id", "endpoint_url", "credentials")
VERSIONS: Mapping[str, Mapping[str, int]] = {"1": {}}  # of the connector -> versions of collectors beyond the first, by area
LIMITS: Mapping[str, str] = {}


def _is_single(operation: str) -> bool:
    """Whether an operation asks about one thing, by its name: an answer that is not kept then says nothing about the subject."""
    return not operation.partition(":")[2].startswith("List")


def reader_module(kind: str) -> ModuleType | None:
    """The module that reads a kind."""
    for each in pkgutil.iter_modules(readers.__path__):
        module = importlib.import_module(f"{readers.__name__}.{each.name}")
        if kind in getattr(module, "READERS", {}):
            return module
    return None


def settings_of(settings: Mapping[str, str], answers: Answers) -> dict[str, str]:
    """What the client is set up with: the connection's settings as far as they are known, and the home region of then."""
    kept = {name: value for name, value in settings.items() if name not in DROPPED}
    home = next((each.partition for each in answers.calls if each.operation == CALLER), "")
    return {**kept, **({"region": home} if home else {})}


def observations(replay: Replay, kind: str) -> Iterator[Observation]:
    """Facts of that kind as the run made them; whatever is not of the subject's region is left out. Raises the faults of then, NotKept
    where an answer is not kept, KeyError for a kind that is not read."""
    module = reader_module(kind)
    if module is None:
        raise KeyError(kind)
    reader = bound_to(module, replay.collectors).READERS[kind]
    client = ReplayedClient(replay.context, replay.answers)
    try:
        yield from reader(ReplayedReading(replay, client))
    except UNSOUND as error:
        raise SchemaDrift(f"an answer is not as AWS documents it: {type(error).__name__} {error}") from error
    finally:
        client.close()


class ReplayedClient(AwsClient):
    """Answers from the ledger; the SDK builds requests and parses answers as it did, and sends nothing."""

    def __init__(self, context: Any, answers: Answers) -> None:
        super().__init__(context)
        self._answers = answers
        self._found = threading.local()

    def _page(
        self, operation: str, region: str, parameters: dict[str, Any], number: int, codes: frozenset[str], kind: str, rows: str
    ) -> tuple[AwsPage, dict[str, Any]]:
        try:
            answer = self._answers.find(operation, parameters, partition=region, page=number)
        except NotKept:
            if operation == LOCATION and (home := self._home_of(str(parameters.get("Bucket", "")))):
                return self._without_bytes(operation, region, number, {"LocationConstraint": home}), {}
            if codes:  # something else than the subject, about which nothing is known any more
                return self._without_bytes(operation, region, number, Hollow(), absent=min(codes)), {}
            raise
        if answer.body is None or answer.call.status >= 500 or answer.call.status == 429:
            answer.raise_fault()
            data = {"State": "COMPLETE"} if operation == REPORT else Hollow()
            absent = min(codes) if codes and _is_single(operation) else ""
            if not absent and required_members(*operation.split(":")) and _is_single(operation):
                raise NotKept(f"the answer to {operation} was not kept", operation=operation)
            return self._without_bytes(operation, region, number, data, digest=answer.call.sha256, absent=absent), {}
        self._found.answer = answer
        page, token = super()._page(operation, region, parameters, number, codes, kind, rows)
        return page, token if answer.more else {}

    def _without_bytes(
        self, operation: str, region: str, number: int, data: Mapping[str, Any], digest: str = "", absent: str = ""
    ) -> AwsPage:
        at = self.context.now()
        return AwsPage(operation=operation, region=region, data=data, digest=digest, number=number, received_at=at, absent=absent)

    def _home_of(self, bucket: str) -> str:
        """The region in which the bucket was asked about."""
        return next((each.partition for each in self._answers.calls if each.parameters.get("Bucket") == bucket and each.partition), "")

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        call = self._found.answer.call
        self._turn().started_at = call.finished_at
        headers = HTTPHeaders()
        if call.vendor_time is not None:
            headers["date"] = format_datetime(call.vendor_time, usegmt=False)
        return AWSResponse(request.url, call.status, headers, Received(self._found.answer.body))

    def _before_parse(self, operation_model: OperationModel, response_dict: dict[str, Any], **_: Any) -> None:
        turn = self._turn()
        at = self._found.answer.call.finished_at
        turn.last = turn.pending = received(response_dict, at, at)  # kept bytes were redacted before they were kept


class ReplayedReading(Reading):
    """The account and its regions come from the run itself where their own pages were not kept."""

    def __init__(self, replay: Replay, client: ReplayedClient) -> None:
        super().__init__(replay.context, client, sleep=lambda _seconds: None)
        self._replay = replay

    def caller_page(self) -> AwsPage:
        """The identity that the run was made with, as it was recorded."""
        call = next((each for each in self._replay.answers.calls if each.operation == CALLER), None)
        if call is None:
            raise NotKept("the run did not ask who it is", operation=CALLER)
        told = {"Account": self._replay.account, "Arn": self._replay.principal, "UserId": ""}
        return AwsPage(operation=CALLER, region=call.partition, data=told, digest=call.sha256, number=1, received_at=call.finished_at)

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that were read then, narrowed to the subject's own where its key names it."""
        parts = self._replay.subject.split(":")
        own = parts[3] if len(parts) >= 6 and parts[0] == "arn" else ""
        called = self._replay.answers.partitions()
        return (own,) if own in called else called
