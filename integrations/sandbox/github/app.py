"""The twin as a WSGI application: `create(state)`; over HTTP see server.py."""

import gzip
import hashlib
import json
import uuid
from collections.abc import Iterable
from email.utils import format_datetime
from functools import cache
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from integrations.sandbox.github import control, routes
from integrations.sandbox.github.access import Viewer, viewer_of
from integrations.sandbox.github.answers import Answer, Refused, not_found
from integrations.sandbox.github.call import ROUTES, Call, Route
from integrations.sandbox.github.faults import Fault, Faults
from integrations.sandbox.github.graph.execution import execute
from integrations.sandbox.github.log import Entry, RequestLog
from integrations.sandbox.github.quotas import Quotas
from integrations.sandbox.github.rendering.addresses import Addresses
from integrations.sandbox.github.state import State

assert routes  # importing it registers the operations
GHES_REST, GHES_GRAPHQL = "/api/v3", "/api/graphql"
SUPPORTED_VERSIONS = ("2022-11-28",)
WORTH_PACKING = 1024  # bytes; shorter answers go out as they are


class Twin:
    """One organization behind GitHub's addresses; also below `/api/v3` and `/api/graphql`, as on an own server."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.faults = Faults(state)
        self.requests = RequestLog()
        self.quotas = Quotas(state)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI."""
        request = Request(environ)
        if request.path.startswith(control.PREFIX):
            with self.state.lock:
                return _response(control.answer(request, self.state, self.faults, self.requests))(environ, start_response)
        return self._serve(request)(environ, start_response)

    def _serve(self, request: Request) -> Response:
        base, path = _split(request.path)
        query, body = request.args.to_dict(), request.get_data()
        with self.state.lock:
            hits = self.faults.striking(request.method, path, query, body)
            self.faults.act(hits, "before")
            handled = _Handling(self, request, base, path, query, body)
            answer = self.faults.replacement(hits) or handled.answer()
            answer = self.faults.change(hits, answer)
            response = handled.finish(answer, hits)
            self.faults.act(hits, "after")
        return response


class _Handling:
    """One request on its way."""

    def __init__(self, twin: Twin, request: Request, base: str, path: str, query: dict[str, str], body: bytes) -> None:
        self.twin, self.request, self.base, self.path, self.query, self.body = twin, request, base, path, query, body
        self.viewer = Viewer(state=twin.state)
        self.operation, self.resource, self.cost = "", "core", 0
        self.route: Route | None = None

    def answer(self) -> Answer:
        """The honest answer."""
        try:
            return self._answer()
        except Refused as refused:
            return refused.answer

    def _answer(self) -> Answer:
        state = self.twin.state
        version = self.request.headers.get("X-GitHub-Api-Version", SUPPORTED_VERSIONS[0])
        if version not in SUPPORTED_VERSIONS:
            raise Refused(400, f"The {version} version of the API is not supported")
        if not self.request.headers.get("User-Agent"):
            raise Refused(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")
        self.resource = "graphql" if self.path == "/graphql" else "core"
        self.viewer = viewer_of(state, self.request.headers.get("Authorization", ""))
        if self.path == "/graphql":
            return self._graphql()
        route, arguments = self._match()
        self.route, self.operation, self.resource = route, route.operation, route.resource
        window = self.twin.quotas.window(self.viewer.key, self.resource)
        if window.remaining < 1 and route.operation != "/rate_limit":
            raise Refused(403, "API rate limit exceeded for user ID 1.")
        if "org" in arguments and arguments["org"].lower() != state.login.lower():
            raise not_found()
        if self.viewer.kind == "anonymous" and route.operation != "/rate_limit":
            raise Refused(401, "Requires authentication")
        if self.viewer.kind == "app" and not (
            route.operation.startswith("/app") or route.operation.endswith("/installation") or route.operation == "/rate_limit"
        ):
            raise Refused(401, "Bad credentials")
        call = Call(
            state=state,
            viewer=self.viewer,
            url=self.request.base_url,
            to=Addresses.of(state, self.request.host_url.rstrip("/") + self.base),
            quotas=self.twin.quotas,
            arguments=arguments,
            query=self.query,
            body=_json(self.body),
        )
        repository = call.repository() if "repo" in arguments else None
        if self.viewer.kind != "app":
            self.viewer.demand(route.need, repository)
        return route.handler(call)

    def _graphql(self) -> Answer:
        self.operation = "/graphql"
        if self.request.method != "POST":
            raise not_found()
        if self.viewer.kind in ("anonymous", "app"):
            raise Refused(401, "This endpoint requires you to be authenticated.")
        window = self.twin.quotas.window(self.viewer.key, "graphql")
        before = window.used
        answer = execute(self.twin.state, self.viewer, window, _json(self.body))
        self.cost = window.used - before
        return answer

    def _match(self) -> tuple[Route, dict[str, str]]:
        try:
            route, arguments = _addresses().bind("", url_scheme="http").match(self._by_name(), method=self.request.method)
        except HTTPException as error:
            raise not_found() from error
        return route, {name: str(value) for name, value in arguments.items()}

    def _by_name(self) -> str:
        """`/repositories/{id}/…`, where former names lead to, is the same as `/repos/{owner}/{repo}/…`."""
        parts = self.path.split("/", 3)
        named = next(
            (
                each.name
                for each in self.twin.state.repositories.values()
                if parts[1:2] == ["repositories"] and parts[2:3] == [str(each.id)]
            ),
            None,
        )
        return "/".join(["", "repos", self.twin.state.login, named, *parts[3:]]) if named else self.path

    def finish(self, answer: Answer, hits: list[Fault]) -> Response:
        """Conditional request, quota, headers, log."""
        body = answer.body()
        response = _response(answer, body)
        if isinstance(body, bytes) and answer.status == 200 and self.path != "/graphql":
            response.headers["ETag"] = tag = f'W/"{hashlib.sha256(body + response.headers.get("Link", "").encode()).hexdigest()}"'
            response.headers["Cache-Control"], response.headers["Vary"] = (
                "private, max-age=60, s-maxage=60",
                "Accept, Authorization, Cookie, X-GitHub-OTP",
            )
            if tag in [each.strip() for each in self.request.headers.get("If-None-Match", "").split(",")]:
                response = Response(status=304, headers={"ETag": tag})
        if answer.counted and response.status_code != 304 and self.resource != "graphql" and self.viewer.kind != "app":
            window = self.twin.quotas.window(self.viewer.key, self.resource)
            window.used, self.cost = min(window.used + 1, window.limit), 1
        if isinstance(body, bytes) and not hits and len(body) > WORTH_PACKING and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            _pack(response)
        for name, value in (self._headers() | self.twin.quotas.headers(self.viewer.key, self.resource)).items():
            response.headers.setdefault(name, value)
        self.twin.requests.add(
            Entry(
                method=self.request.method,
                path=self.path,
                query=self.query,
                operation=self.operation,
                status=response.status_code,
                viewer=self.viewer.key,
                faults=tuple(each.kind for each in hits),
                body=self.body.decode("utf-8", "replace"),
                cost=self.cost,
                headers={name: value for name, value in self.request.headers.items() if name.lower() != "authorization"},
            )
        )
        return response

    def _headers(self) -> dict[str, str]:
        headers = {
            "Date": format_datetime(self.twin.state.clock.now(), usegmt=True),
            "Server": "github.com",
            "X-GitHub-Request-Id": uuid.uuid4().hex[:20].upper(),
            "X-GitHub-Media-Type": "github.v3; format=json",
            "x-github-api-version-selected": SUPPORTED_VERSIONS[0],
        }
        token = self.viewer.token
        if token is not None and token.kind == "classic":
            headers["x-oauth-scopes"] = ", ".join(sorted(token.scopes))
            headers["x-accepted-oauth-scopes"] = ", ".join(self.route.need.scopes) if self.route else ""
        elif token is not None and self.route is not None:
            headers["x-accepted-github-permissions"] = self.route.need.accepted
        if token is not None and token.expires_at is not None and token.kind != "installation":
            headers["github-authentication-token-expiration"] = token.expires_at.strftime("%Y-%m-%d %H:%M:%S UTC")
        return headers


def create(organization: State) -> Twin:
    """The WSGI application of one organization; it carries `.state`, `.faults`, `.requests` and `.quotas`."""
    return Twin(organization)


@cache
def _addresses() -> Map:
    """All routes, compiled once a process."""
    rules = [Rule(each.rule, endpoint=each, methods=[each.method]) for each in ROUTES]
    return Map(rules, strict_slashes=False, redirect_defaults=False)


def _split(path: str) -> tuple[str, str]:
    """Base and path without it: `/api/v3/user` and `/user` are the same operation."""
    if path in (GHES_GRAPHQL, f"{GHES_REST}/graphql"):
        return GHES_REST, "/graphql"
    if path.startswith(f"{GHES_REST}/"):
        return GHES_REST, path.removeprefix(GHES_REST)
    return "", path


def _json(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise Refused(400, "Problems parsing JSON") from error
    if not isinstance(parsed, dict):
        raise Refused(400, "Body should be a JSON object")
    return parsed


def _response(answer: Answer, body: Any = None) -> Response:
    content = answer.body() if body is None else body
    response = Response(content, status=answer.status, content_type=answer.content_type if content else None)
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response


def _pack(response: Response) -> None:
    """Compress, as GitHub does for clients that accept it. Spoiled answers are sent plain, so that a fault is what it says."""
    if response.status_code != 304:
        response.set_data(gzip.compress(response.get_data(), 1, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
