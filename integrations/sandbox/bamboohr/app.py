"""The twin as a WSGI application: `Twin(state)`; over HTTP see server.py."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from integrations.sandbox.bamboohr import routes
from integrations.sandbox.bamboohr.access import caller_of
from integrations.sandbox.bamboohr.actions import ACTIONS
from integrations.sandbox.bamboohr.answers import Answer, Refused, refused
from integrations.sandbox.bamboohr.faults import Fault, Faults
from integrations.sandbox.bamboohr.state import State

CONTROL = "/_sandbox/"


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as it was asked. No credential is in it."""

    method: str
    path: str
    query: dict[str, str]
    status: int
    caller: str
    body: str = ""
    faults: tuple[str, ...] = ()


@dataclass
class Twin:
    """One company behind BambooHR's addresses."""

    state: State
    requests: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.faults = Faults(self.state)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI."""
        request = Request(environ)
        with self.state.lock:
            serve = self._control if request.path.startswith(CONTROL) else self._serve
            response = serve(request)
        return response(environ, start_response)

    def of(self, path: str) -> list[Entry]:
        """Requests of one path."""
        return [each for each in self.requests if each.path == path]

    def _serve(self, request: Request) -> Response:
        query, body = request.args.to_dict(), request.get_data()
        text = f"{request.query_string.decode('latin-1')} {body.decode('utf-8', 'replace')}"
        hits = self.faults.striking(request.method, request.path, text)
        self.faults.act(hits, "before")
        answer, caller = self.faults.replacement(hits), ""
        if answer is None:
            answer, caller = self._answered(request, query, body)
        answer = self.faults.change(hits, answer)
        self.faults.act(hits, "after")
        self._log(request, query, body, answer, caller, hits)
        return _response(answer, self.state)

    def _answered(self, request: Request, query: dict[str, str], body: bytes) -> tuple[Answer, str]:
        caller_name = ""
        try:
            if request.path == "/token.php" and request.method == "POST":
                return routes.token(self.state, _form(body)), "token"
            if request.path == "/authorize.php" and request.method == "GET":
                return routes.authorize(self.state, query), "browser"
            caller = caller_of(self.state, request.headers.get("Authorization", ""))
            caller_name = f"{caller.kind} {caller.name}"
            route, arguments = _match(request)
            if caller.kind not in route.schemes:
                raise refused(401, "This endpoint does not accept API keys")
            unknown = query.keys() - route.parameters
            if unknown:
                raise refused(400, f"Unknown parameters: {', '.join(sorted(unknown))}")
            if "json" not in request.headers.get("Accept", ""):
                raise refused(406, "The sandbox answers JSON only; send Accept: application/json")
            call = routes.Call(self.state, caller, arguments, query, body, request.headers.get("Accept", ""), request.host_url.rstrip("/"))
            return route.handler(call), caller_name
        except Refused as error:
            return error.answer, caller_name

    def _log(self, request: Request, query: dict[str, str], body: bytes, answer: Answer, caller: str, hits: list[Fault]) -> None:
        said = "" if request.path == "/token.php" else body.decode("utf-8", "replace")
        kinds = tuple(each.kind for each in hits)
        self.requests.append(Entry(request.method, request.path, query, answer.status, caller, said, kinds))

    def _control(self, request: Request) -> Response:
        name = request.path.removeprefix(CONTROL)
        try:
            given = json.loads(request.get_data() or b"{}")
            return _response(self._told(request.method, name, given), self.state)
        except (ValueError, KeyError, TypeError) as error:
            return _response(Answer(400, {"message": f"{type(error).__name__}: {error}"}), self.state)

    def _told(self, method: str, name: str, given: dict[str, Any]) -> Answer:
        match method, name:
            case "POST", "faults":
                return Answer(201, self.faults.add(given.pop("kind"), given.pop("path", "*"), **given).describe())
            case "GET", "faults":
                return Answer(data=[each.describe() for each in self.faults.script])
            case "DELETE", "faults":
                self.faults.clear()
                return Answer(204)
            case "POST", "actions":
                ACTIONS[given.pop("action")](self.state, **given)
                return Answer(data={"done": True})
            case "POST", "clock":
                self.state.clock.set(datetime.fromisoformat(given["now"]))
                return Answer(data={"now": self.state.clock.now().isoformat()})
            case "GET", "requests":
                return Answer(data=[{"method": each.method, "path": each.path, "status": each.status} for each in self.requests])
        return Answer(404, {"message": f"nothing at {CONTROL}{name} for {method}"})


@cache
def _addresses() -> Map:
    rules = [Rule(each.path, endpoint=each, methods=[each.method]) for each in routes.ROUTES]
    return Map(rules, strict_slashes=True, redirect_defaults=False)


def _match(request: Request) -> tuple[routes.Route, dict[str, str]]:
    try:
        return _addresses().bind("", url_scheme="http").match(request.path, method=request.method)
    except HTTPException as error:
        raise refused(404, "Not found") from error


def _form(body: bytes) -> dict[str, str]:
    try:
        held = json.loads(body or b"{}")
    except ValueError:
        return {}
    return {name: str(value) for name, value in held.items()} if isinstance(held, dict) else {}


def _response(answer: Answer, state: State) -> Response:
    content = answer.body()
    response = Response(content, status=answer.status, content_type=answer.content_type if content else None)
    response.headers["Date"] = format_datetime(state.clock.now(), usegmt=True)
    response.headers["X-Request-ID"] = uuid.uuid4().hex
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response
