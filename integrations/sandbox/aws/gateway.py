"""The WSGI application in front of moto: names each call, logs it, lets faults strike, answers what moto lacks, pages the rest."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from moto import backend_index
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from integrations.sandbox.aws import paging, trust, wire
from integrations.sandbox.aws.clock import Clock
from integrations.sandbox.aws.corrections import CORRECTIONS
from integrations.sandbox.aws.extras import ACCOUNT, Extras
from integrations.sandbox.aws.faults import Fault, Faults, Faulty, UnknownFault, apply
from integrations.sandbox.aws.operations import Call, access_key_of, identify
from integrations.sandbox.aws.responders.answering import Desk, Refused
from integrations.sandbox.aws.responders.registry import ANSWERS
from integrations.sandbox.aws.wire import Answer

CONTROL = "/_sandbox"
LONGEST_BODY = 64 * 1024 * 1024
LOGGED = 100_000
_HOP_BY_HOP = frozenset({"connection", "content-length", "transfer-encoding", "keep-alive"})

StartResponse = Callable[..., Any]
Control = Callable[[str, str, Mapping[str, Any]], Any]


@dataclass(frozen=True, kw_only=True)
class Logged:
    """One request as it was answered. `by` is moto, sandbox, fault or refused."""

    at: datetime
    operation: str
    region: str
    status: int
    by: str
    access_key: str
    method: str
    path: str


@dataclass(kw_only=True)
class Gateway:
    """The application. One per process, since moto's state is the process's."""

    clock: Clock
    enforce_external_id: bool = True
    page_size: int | None = None
    report_max_age: timedelta = timedelta(0)
    extras: Extras = field(default_factory=Extras)
    faults: Faults = field(default_factory=Faults)
    log: deque[Logged] = field(default_factory=lambda: deque(maxlen=LOGGED))
    control: Control | None = None
    _moto: DomainDispatcherApplication = field(default_factory=lambda: DomainDispatcherApplication(create_backend_app))
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        body = _body(environ)
        if str(environ.get("PATH_INFO", "")).startswith(CONTROL):
            return _send(self._controlled(environ, body), start_response)
        call = identify(environ, body)
        fault = self.faults.due(call)
        if fault is not None:
            faulty = apply(fault, call, lambda: self._answer(call)[0])
            self._note(call, faulty.answer.status, f"fault:{fault.kind}")
            return _send_faulty(faulty, fault, start_response)
        answer, by = self._answer(call)
        self._note(call, answer.status, by)
        return _send(answer, start_response)

    def _answer(self, call: Call) -> tuple[Answer, str]:
        if call.name == "sts:AssumeRole" and self.enforce_external_id and not self._may_assume(call):
            message = f"User is not authorized to perform: sts:AssumeRole on resource: {call.parameters.get('RoleArn')}"
            return wire.error(call, "AccessDenied", message, 403), "refused"
        call, position = paging.taken_out(call) if call.name else (call, 0)
        desk = Desk(call=call, account=ACCOUNT, extras=self.extras, clock=self.clock, report_max_age=self.report_max_age)
        own = ANSWERS.get(call.name)
        if own is not None:
            try:
                answer = wire.encode(call, own(desk))
            except Refused as refusal:
                return wire.error(call, refusal.code, refusal.message, refusal.status), "sandbox"
        else:
            answer = self._from_moto(call)
            if call.name in CORRECTIONS and answer.status < 300:
                answer = wire.reencode(call, CORRECTIONS[call.name](desk, wire.decode(call, answer)))
        if call.name:
            answer = paging.sliced(call, answer, position, self.page_size)
        return answer, "sandbox" if own else "moto"

    def _may_assume(self, call: Call) -> bool:
        arn = str(call.parameters.get("RoleArn", ""))
        account = arn.split(":")[4] if arn.count(":") >= 5 else ACCOUNT
        roles = iam_backends[account]["aws"].roles.values()
        document = next((role.assume_role_policy_document for role in roles if role.arn == arn), None)
        return document is not None and trust.permits(document, call.parameters.get("ExternalId"))

    def _from_moto(self, call: Call) -> Answer:
        captured: dict[str, Any] = {}
        if not self._known_to_moto(call):
            return _unknown(call)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            captured["status"], captured["headers"] = int(status.split()[0]), headers

        try:
            chunks = self._moto(call.replayed(), start)
            answer = Answer(body=b"".join(chunks))
        except NotImplementedError:
            return _unknown(call)
        answer.status, answer.headers = captured["status"], dict(captured["headers"])
        missing = answer.status in (404, 405) and answer.body[:15].lower() == b"<!doctype html>"
        return _unknown(call) if missing else answer

    def _known_to_moto(self, call: Call) -> bool:
        host = self._moto.infer_service_region_host(call.replayed(), str(call.environ.get("PATH_INFO", "/")))
        return host is None or "." not in host or _served(host)

    def _note(self, call: Call, status: int, by: str) -> None:
        entry = Logged(
            at=self.clock.now(),
            operation=call.name,
            region=call.region,
            status=status,
            by=by,
            access_key=access_key_of(call.environ),
            method=call.environ["REQUEST_METHOD"],
            path=str(call.environ.get("RAW_URI") or call.environ.get("PATH_INFO", "")),
        )
        with self._counting:
            self.log.append(entry)

    def _controlled(self, environ: Mapping[str, Any], body: bytes) -> Answer:
        path, method = str(environ["PATH_INFO"]).removeprefix(CONTROL).strip("/"), str(environ["REQUEST_METHOD"])
        try:
            document = json.loads(body) if body else {}
            if not isinstance(document, dict):
                raise ValueError("the body must be a JSON object")
            found = self._faults_view(method, document) if path == "faults" else self._other_view(path, method, document)
        except (UnknownFault, ValueError, KeyError, TypeError) as problem:
            return _json({"error": str(problem)}, 400)
        return _json(found) if found is not None else _json({"error": f"{method} {path} is unknown"}, 404)

    def _faults_view(self, method: str, document: Mapping[str, Any]) -> Any:
        if method == "POST":
            return {"number": self.faults.add(**document)}
        if method == "DELETE":
            if "number" in document:
                return {"removed": self.faults.remove(int(document["number"]))}
            self.faults.clear()
        return {"faults": self.faults.listed()}

    def _other_view(self, path: str, method: str, document: Mapping[str, Any]) -> Any:
        if path == "requests" and method == "GET":
            with self._counting:
                return {"requests": [{**asdict(entry), "at": entry.at.isoformat()} for entry in self.log]}
        return self.control(path, method, document) if self.control else None


@lru_cache(maxsize=1024)
def _served(host: str) -> bool:
    return any(pattern.match(f"http://{host}") for _, pattern in backend_index.backend_url_patterns)


def _body(environ: Mapping[str, Any]) -> bytes:
    length = str(environ.get("CONTENT_LENGTH") or "")
    if length.isdigit():
        return environ["wsgi.input"].read(min(int(length), LONGEST_BODY))
    return environ["wsgi.input"].read(LONGEST_BODY) if environ.get("wsgi.input_terminated") else b""


def _unknown(call: Call) -> Answer:
    message = f"The sandbox does not know {call.name or call.environ.get('PATH_INFO')}; this is not an answer of AWS"
    if call.name:
        return wire.error(call, "SandboxUnknownOperation", message, 501)
    return _json({"error": message}, 501)


def _json(document: Any, status: int = 200) -> Answer:
    return Answer(status=status, headers={"Content-Type": "application/json"}, body=json.dumps(document).encode())


def _send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    headers = [(name, _latin(value)) for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP]
    announced = [value for name, value in answer.headers.items() if name.lower() == "content-length"]
    # An answer to HEAD announces the length of what it leaves out.
    length = announced[0] if announced and not answer.body else str(len(answer.body))
    start_response(f"{answer.status} {_phrase(answer.status)}", [*headers, ("Content-Length", length)])
    return [answer.body]


def _send_faulty(faulty: Faulty, fault: Fault, start_response: StartResponse) -> Iterable[bytes]:
    if faulty.announced is None:
        return _send(faulty.answer, start_response)
    headers = [(name, _latin(value)) for name, value in faulty.answer.headers.items() if name.lower() not in _HOP_BY_HOP]
    headers += [("Content-Length", str(faulty.announced)), ("Connection", "close")]
    start_response(f"{faulty.answer.status} {_phrase(faulty.answer.status)}", headers)
    return _chunks(faulty)


def _chunks(faulty: Faulty) -> Iterator[bytes]:
    if faulty.chunks is not None:
        yield from faulty.chunks()
    else:
        yield faulty.answer.body


def _latin(value: str) -> str:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return quote(value)
    return value.replace("\r", " ").replace("\n", " ")


def _phrase(status: int) -> str:
    return {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests", 503: "Service Unavailable"}.get(
        status, "Status"
    )
