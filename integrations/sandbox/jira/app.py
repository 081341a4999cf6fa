"""The twin as a WSGI application: `Twin(state)`; over HTTP see server.py.

One port stands for three hosts: `/rest/…` is the site's own (Basic), `/ex/jira/{cloudId}/rest/…` and `/oauth/token/accessible-resources`
are api.atlassian.com's, `/authorize` and `/oauth/token` are auth.atlassian.com's.
"""

import json
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from integrations.sandbox.github.log import Entry, RequestLog
from integrations.sandbox.jira import control, routes
from integrations.sandbox.jira.access import Viewer, basic, bearer, demand
from integrations.sandbox.jira.answers import Answer, Refused
from integrations.sandbox.jira.call import MALFORMED, ROUTES, Call, Route
from integrations.sandbox.jira.faults import Fault, Faults
from integrations.sandbox.jira.routes import grants
from integrations.sandbox.jira.state import State

assert routes  # importing it registers the operations
GATEWAY = "/ex/jira/"
WINDOW = timedelta(minutes=1)


class Twin:
    """One site. `consents`: the user name of whoever says yes at the authorization page."""

    def __init__(self, state: State, consents: str = "") -> None:
        self.state = state
        self.consents = consents
        self.faults = Faults(state)
        self.requests = RequestLog()
        self._used: dict[str, tuple[datetime, int]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI."""
        request = Request(environ)
        with self.state.lock:
            if request.path.startswith(control.PREFIX):
                return _response(control.answer(request, self.state, self.faults, self.requests))(environ, start_response)
            return self._serve(request)(environ, start_response)

    def _serve(self, request: Request) -> Response:
        query, body = request.args.to_dict(), request.get_data()
        path = self._inside(request.path)
        hits = self.faults.striking(request.method, path, query, body)
        self.faults.act(hits, "before")
        seen = _Seen()
        try:
            answer = self.faults.replacement(hits) or self._answer(request, path, body, seen)
        except Refused as refused:
            answer = refused.answer
        answer = self.faults.change(hits, answer)
        response = _response(answer)
        self._finish(request, path, query, body, response, seen, hits)
        self.faults.act(hits, "after")
        return response

    def _inside(self, path: str) -> str:
        """The path without the gateway's beginning."""
        beginning = f"{GATEWAY}{self.state.cloud_id}"
        return path.removeprefix(beginning) if path.startswith(f"{beginning}/") else path

    def _answer(self, request: Request, path: str, body: bytes, seen: "_Seen") -> Answer:
        state, header = self.state, request.headers.get("Authorization", "")
        match request.method, request.path:
            case "GET", "/authorize":
                return grants.authorize(state, request, self.consents)
            case "POST", "/oauth/token":
                seen.operation = "POST /oauth/token"
                return grants.token(state, _json(request, body))
            case "GET", "/oauth/token/accessible-resources":
                seen.operation = "GET /oauth/token/accessible-resources"
                return grants.resources(state, header)
        gateway = path != request.path
        if request.path.startswith(GATEWAY) and not gateway:
            raise Refused.plainly(404, 404, "No message available")
        seen.viewer = viewer = bearer(state, header) if gateway else basic(state, header)
        self._spend(viewer)
        route, arguments = self._match(request.method, path)
        seen.operation = route.operation
        query = request.args.to_dict()
        if unknown := sorted(set(query) - route.parameters):
            raise Refused(400, f"The query parameter '{unknown[0]}' is not known to {route.operation}.")
        demand(state, viewer, route.need)
        call = Call(
            state=state, viewer=viewer, url=request.base_url, base=request.host_url.rstrip("/") + request.path.removesuffix(path),
            arguments=arguments, query=query, body=_json(request, body) if request.method == "POST" else {},
        )  # fmt: skip
        return route.handler(call)

    def _spend(self, viewer: Viewer) -> None:
        now = self.state.clock.now()
        begun, used = self._used.get(viewer.key, (now, 0))
        begun, used = (now, 0) if now - begun >= WINDOW else (begun, used)
        self._used[viewer.key] = begun, used + 1
        if used >= self.state.limit:
            left = str(int((begun + WINDOW - now).total_seconds()) + 1)
            raise Refused(429, "Rate limit exceeded.", Retry_After=left, RateLimit_Reason="jira-burst-based")

    def _match(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        try:
            route, arguments = _addresses().bind("", url_scheme="http").match(path, method=method)
        except HTTPException as error:
            raise Refused(404, f"null for uri: {path}") from error
        return route, {name: str(value) for name, value in arguments.items()}

    def _finish(
        self, request: Request, path: str, query: dict[str, str], body: bytes, response: Response, seen: "_Seen", hits: list[Fault]
    ) -> None:
        response.headers.setdefault("Date", format_datetime(self.state.clock.now(), usegmt=True))
        response.headers.setdefault("Server", "AtlassianEdge")
        response.headers.setdefault("Atl-Traceid", uuid.uuid4().hex)
        if seen.viewer is not None:
            begun, used = self._used.get(seen.viewer.key, (self.state.clock.now(), 0))
            left = max(self.state.limit - used, 0)
            response.headers.setdefault("X-RateLimit-Limit", str(self.state.limit))
            response.headers.setdefault("X-RateLimit-Remaining", str(left))
            response.headers.setdefault("X-RateLimit-Reset", f"{begun + WINDOW:%Y-%m-%dT%H:%MZ}")
            response.headers.setdefault("X-RateLimit-NearLimit", str(left < self.state.limit // 5).lower())
        self.requests.add(
            Entry(
                method=request.method, path=path, query=query, operation=seen.operation, status=response.status_code,
                viewer=seen.viewer.key if seen.viewer else "anonymous", faults=tuple(each.kind for each in hits),
                body="" if seen.operation == "POST /oauth/token" else body.decode("utf-8", "replace"), cost=1,
                headers={name: value for name, value in request.headers.items() if name.lower() != "authorization"},
            )
        )  # fmt: skip


class _Seen:
    """What became known of a request on its way."""

    def __init__(self) -> None:
        self.operation = ""
        self.viewer: Viewer | None = None


@cache
def _addresses() -> Map:
    return Map([Rule(each.rule, endpoint=each, methods=[each.method]) for each in ROUTES], strict_slashes=True, redirect_defaults=False)


def _json(request: Request, body: bytes) -> dict[str, Any]:
    if "json" not in request.headers.get("Content-Type", ""):
        raise Refused(415, "Unsupported Media Type")
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise Refused(400, MALFORMED) from error
    if not isinstance(parsed, dict):
        raise Refused(400, MALFORMED)
    return parsed


def _response(answer: Answer) -> Response:
    content = answer.body() if answer.status != 302 else b""
    response = Response(content, status=answer.status, content_type=answer.content_type)
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response
