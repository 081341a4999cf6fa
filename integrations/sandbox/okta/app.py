"""The twin as a WSGI application; over HTTP see server.py."""

import gzip
import uuid
from collections.abc import Iterable
from email.utils import format_datetime
from functools import cache
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from integrations.sandbox.okta import control, oauth, routes
from integrations.sandbox.okta.access import Caller, caller_of
from integrations.sandbox.okta.answers import Answer, Refused, TokenRefused, not_found
from integrations.sandbox.okta.call import ROUTES, Call, Route
from integrations.sandbox.okta.faults import Fault, Faults
from integrations.sandbox.okta.log import Entry, RequestLog
from integrations.sandbox.okta.quotas import Quotas
from integrations.sandbox.okta.routes.settings import licensed
from integrations.sandbox.okta.state import State

assert routes  # importing it registers the operations
WORTH_PACKING = 1024  # bytes; shorter answers go out as they are
TOKEN_BUCKET = "/oauth2/v1/token"


class Twin:
    """One organization behind Okta's addresses."""

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
        query, body = request.args.to_dict(), request.get_data()
        with self.state.lock:
            hits = self.faults.striking(request.method, request.path, query, body)
            self.faults.act(hits, "before")
            handled = _Handling(self, request, query)
            answer = self.faults.replacement(hits) or handled.answer()
            answer = self.faults.change(hits, answer)
            response = handled.finish(answer, hits, body)
            self.faults.act(hits, "after")
        return response


class _Handling:
    """One request on its way."""

    def __init__(self, twin: Twin, request: Request, query: dict[str, str]) -> None:
        self.twin, self.request, self.query = twin, request, query
        self.caller = Caller(twin.state)
        self.operation, self.bucket = "", "default"

    def answer(self) -> Answer:
        """The honest answer."""
        try:
            return self._token() if self.request.path == oauth.PATH else self._answer()
        except (Refused, TokenRefused) as refused:
            return refused.answer

    def _token(self) -> Answer:
        self.operation = self.bucket = TOKEN_BUCKET
        if self.request.method != "POST":
            raise Refused(405, "E0000022", "The endpoint does not support the provided HTTP method")
        base = self.request.host_url.rstrip("/")
        self._count()
        return oauth.token(self.twin.state, base, self.request.form.to_dict(), self.request.headers.get("DPoP"))

    def _answer(self) -> Answer:
        state = self.twin.state
        route, arguments = self._match()
        self.operation, self.bucket = route.operation, route.bucket
        self._count()
        if self.request.method not in ("GET", "HEAD"):
            raise Refused(405, "E0000022", "The endpoint does not support the provided HTTP method")
        if not self.request.headers.get("User-Agent"):
            raise Refused(403, "E0000006", "You do not have permission to perform the requested action")
        self.caller = caller_of(state, self.request.headers.get("Authorization", ""))
        call = Call(
            state=state, caller=self.caller, url=self.request.base_url, base=self.request.host_url.rstrip("/"), route=route,
            arguments=arguments, query=self.query,
        )  # fmt: skip
        if route.scope:
            if self.caller.ssws is None and self.caller.oauth is None:
                raise Refused(401, "E0000005", "Invalid session")
            self.caller.demand(route.scope, route.operation)
        licensed(call)
        call.check()
        return route.handler(call)

    def _count(self) -> None:
        window = self.twin.quotas.window(self.bucket)
        if window.remaining < 1:
            raise Refused(429, "E0000047", "API call exceeded rate limit due to too many requests.")
        window.used += 1

    def _match(self) -> tuple[Route, dict[str, str]]:
        try:
            route, arguments = _addresses().bind("", url_scheme="http").match(self.request.path)
        except HTTPException as error:
            raise not_found("endpoint", self.request.path[:100]) from error
        return route, {name: str(value) for name, value in arguments.items()}

    def finish(self, answer: Answer, hits: list[Fault], sent: bytes) -> Response:
        """Headers and log."""
        body = answer.body()
        response = _response(answer, body)
        if isinstance(body, bytes) and not hits and len(body) > WORTH_PACKING and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            response.set_data(gzip.compress(response.get_data(), 1, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
        for name, value in (self._headers() | self.twin.quotas.headers(self.bucket)).items():
            response.headers.setdefault(name, value)
        self.twin.requests.add(
            Entry(
                method=self.request.method,
                path=self.request.path,
                query=self.query,
                operation=self.operation,
                status=response.status_code,
                caller=self.caller.key,
                faults=tuple(each.kind for each in hits),
                body="" if self.request.path == oauth.PATH else sent.decode("utf-8", "replace"),
                headers={name: value for name, value in self.request.headers.items() if name.lower() != "authorization"},
            )
        )
        return response

    def _headers(self) -> dict[str, str]:
        return {
            "Date": format_datetime(self.twin.state.clock.now(), usegmt=True),
            "Server": "nginx",
            "x-okta-request-id": uuid.uuid4().hex,
            "cache-control": "no-cache, no-store",
        }


def create(organization: State) -> Twin:
    """The WSGI application of one organization; it carries `.state`, `.faults`, `.requests` and `.quotas`."""
    return Twin(organization)


@cache
def _addresses() -> Map:
    """All routes, compiled once a process."""
    return Map([Rule(each.rule, endpoint=each) for each in ROUTES], strict_slashes=False, redirect_defaults=False)


def _response(answer: Answer, body: Any = None) -> Response:
    content = answer.body() if body is None else body
    response = Response(content, status=answer.status, content_type=answer.content_type if content else None)
    for name, value in answer.headers.items():
        if name == "Link":
            for each in value.split(", "):  # Okta sends one header a link
                response.headers.add(name, each)
        else:
            response.headers[name] = value
    return response
