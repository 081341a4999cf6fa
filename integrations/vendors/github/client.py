"""The one way to GitHub: every call is checked, counted, kept as received, written into the ledger, and its errors named.

`rest(operation="GET /orgs/{org}/members", path={"org": "fernhill"})` yields pages, `graph(...)` answers one GraphQL query.
Operations are named as GitHub's description names them; GraphQL ones `POST /graphql organization.membersWithRole`.
Rate limits are never slept out: they raise, and a later run goes on. Only faults of a moment (a broken connection, a 5xx) are
tried again within the call, with jitter, for at most ten seconds.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import httpx
from tenacity import RetryCallState, Retrying, stop_after_attempt, stop_after_delay, wait_random_exponential

from compliance.seal.canonical import JsonError, parse_json
from integrations.errors import (
    AuthExpired,
    AuthRevoked,
    Fault,
    ForbiddenAddress,
    HostilePayload,
    Misconfigured,
    PermissionMissing,
    SchemaDrift,
    Transient,
    VendorOutage,
)
from integrations.transport.addresses import check_address
from integrations.transport.context import Context
from integrations.transport.exchange import MAX_BYTES, Exchange, Transport
from integrations.transport.ledger import Call
from integrations.transport.log_lines import Concealed
from integrations.vendors.github.errors import EndlessPaging, PassingOutage, Refusal, fault_of, graph_fault
from integrations.vendors.github.readonly import refuse_unless_read
from integrations.vendors.github.redactions import REDACTIONS
from integrations.vendors.github.session import GithubSession

API_VERSION = "2022-11-28"
AGENT = "plumbline"
MAX_DEPTH = 100
MAX_PAGES = 20_000
MAX_REDIRECTS = 3
ATTEMPTS = 4
LONGEST_WAIT = 10.0  # seconds that one call may spend on trying again
PARALLEL = 8  # calls of one quota bucket at once; GitHub's secondary limit is 100 over all callers
TOKEN_OPERATION = "POST /app/installations/{installation_id}/access_tokens"
INSTALLATION_OPERATION = "GET /orgs/{org}/installation"


@dataclass(frozen=True, slots=True, kw_only=True)
class GithubPage:
    """One answer: `data` is its parsed JSON, `digest` addresses the bytes as kept. `absent` holds GitHub's words when it
    said that the thing does not exist (`data` is then None)."""

    operation: str
    data: Any
    digest: str
    number: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    more: bool = False
    absent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    method: str
    url: str
    operation: str
    parameters: Mapping[str, object]
    kind: str = ""
    page: int = 1
    partition: str = ""
    document: str | None = None
    content: bytes | None = None
    absent: Sequence[str] = ()
    bearer: str | None = None
    secret: bool = False  # the answer is a credential: never kept, never hashed


class GithubClient:
    """For one run. Thread-safe. `sleep` waits between attempts."""

    def __init__(self, context: Context, sleep: Callable[[float], None] = time.sleep) -> None:
        self.context = context
        self._concealed = Concealed(context.secrets.values())
        self.session = GithubSession(context)
        self.scopes: frozenset[str] | None = None  # of a classic token, once it was used
        self._sleep = sleep
        self._transport = Transport("GitHub", tls=self.session.base_url.startswith("https:"))
        self._gates = {bucket: threading.BoundedSemaphore(PARALLEL) for bucket in ("core", "graphql", "audit_log")}
        self._reporting = threading.Lock()
        self._token_ends: datetime | None = None
        self._place = _place(self.session.base_url)
        check_address(self.session.base_url, hosts=(self.session.host,), allow=context.allow)

    def close(self) -> None:
        """End all connections."""
        self._transport.close()
        self._concealed.close()

    # -- calling ---------------------------------------------------------------------------------------------------------

    def rest(
        self,
        *,
        operation: str,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        kind: str = "",
        absent: Sequence[str] = (),
        partition: str = "",
        bearer: str | None = None,
    ) -> Iterator[GithubPage]:
        """All pages of a GET, following Link rel=next on the same host only. `absent`: parts of GitHub's 404 message that mean
        "does not exist"; such an answer is one page with `absent` set.
        `kind` is where odd values are reported; `bearer` replaces the connection's own credential.
        Raises the faults of `integrations.errors`; WriteRefused before anything is sent when the operation is no GET."""
        method, _, template = operation.partition(" ")
        given = {**(path or {}), **(query or {})}
        url = self.session.base_url + _filled(template, path or {}) + (f"?{urlencode(query)}" if query else "")
        seen: set[str] = set()
        number = 0
        while url:
            number += 1
            self.context.check_cancelled()
            if url in seen or number > MAX_PAGES:
                raise EndlessPaging(f"{operation} offers the same next page again and again", operation=operation, partition=partition)
            seen.add(url)
            request = _Request(
                method=method,
                url=url,
                operation=operation,
                parameters=given,
                kind=kind,
                page=number,
                partition=partition,
                absent=absent,
                bearer=bearer,
            )
            page, url = self._page(request)
            yield page

    def one(self, **arguments: Any) -> GithubPage:
        """The first page only. Same arguments and faults as `rest`."""
        return next(self.rest(**arguments))

    def graph(
        self,
        *,
        operation: str,
        document: str,
        variables: Mapping[str, object],
        kind: str = "",
        lenient: Mapping[str, str] | None = None,
        page: int = 1,
        partition: str = "",
    ) -> GithubPage:
        """One GraphQL query. `lenient` maps a field's name to the operation it needs: an error about that field is reported
        once under `kind` and the field is null; any other error raises. Raises WriteRefused for anything but queries."""
        self.context.check_cancelled()
        request = _Request(
            method="POST",
            url=self.session.graphql_url,
            operation=operation,
            parameters={name: value for name, value in variables.items() if value is not None},
            kind=kind,
            page=page,
            partition=partition,
            document=document,
            content=json.dumps({"query": document, "variables": variables}).encode(),
        )
        answer, _next = self._page(request, lenient or {})
        return answer

    # -- one page --------------------------------------------------------------------------------------------------------

    def _page(self, request: _Request, lenient: Mapping[str, str] | None = None) -> tuple[GithubPage, str]:
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS) | stop_after_delay(LONGEST_WAIT),
            wait=wait_random_exponential(multiplier=0.5, max=3),
            retry=_worth_another_try,
            sleep=self._sleep,
            reraise=True,
        )
        for redirects in range(MAX_REDIRECTS + 1):
            answer = retrying(self._authorised, request, lenient)
            if not isinstance(answer, str):
                return answer
            if redirects == MAX_REDIRECTS or request.method != "GET":
                break
            request = _moved(request, answer)
        raise VendorOutage(f"{request.operation} leads from one address to the next without end", operation=request.operation)

    def _authorised(self, request: _Request, lenient: Mapping[str, str] | None) -> tuple[GithubPage, str] | str:
        for again in (True, False):
            bearer = request.bearer or self.session.token(self._take_token)
            try:
                return self._once(request, bearer, lenient)
            except AuthRevoked as fault:
                if request.bearer is None and again and self.session.forget(bearer):
                    continue
                raise self._refined(fault) from fault
        raise AuthRevoked("the credential was refused twice", operation=request.operation)

    def _once(self, request: _Request, bearer: str, lenient: Mapping[str, str] | None) -> tuple[GithubPage, str] | str:
        refuse_unless_read(request.method, self._path(request.url), request.document)
        self._check(request.url)
        bucket = "graphql" if request.document else "audit_log" if "/audit-log" in request.url else "core"
        self.context.quota.spend(f"github:{bucket}")
        started = self.context.now()
        try:
            with self._gates[bucket]:
                exchange = self._transport.send(request.method, request.url, _headers(bearer), request.content, self.context.now)
        except Fault as fault:
            fault.operation = request.operation
            self._note(request, None, started, fault=fault.kind)
            raise
        if request.bearer is None:  # an app's own statement has another quota than its installation
            self._learn(exchange)
        return self._answered(request, exchange.redacted(REDACTIONS.get(request.operation)), lenient)

    def _answered(self, request: _Request, exchange: Exchange, lenient: Mapping[str, str] | None) -> tuple[GithubPage, str] | str:
        if exchange.status in (301, 302, 307, 308):
            self._note(request, exchange, exchange.started_at)
            return urljoin(request.url, exchange.headers.get("location", ""))
        try:
            data = self._parsed(request, exchange)
            if exchange.status >= 300:
                return self._absent(request, exchange, data), ""
            self._graph_errors(request, exchange, data, lenient)
        except Fault as fault:
            fault.operation = fault.operation or request.operation
            self._note(request, exchange, exchange.started_at, fault=fault.kind)
            raise
        following = "" if request.document else exchange_next(exchange)
        more = _more(data) if request.document else bool(following)
        digest = self._note(request, exchange, exchange.started_at, data=data, more=more)
        self._remember(exchange)
        headers = exchange.headers
        page = GithubPage(operation=request.operation, data=data, digest=digest, number=request.page, headers=headers, more=more)
        return page, urljoin(request.url, following) if following else ""

    def _parsed(self, request: _Request, exchange: Exchange) -> Any:
        if exchange.status == 204 or (not exchange.body and exchange.status >= 300):
            return None
        if exchange.status >= 300 and (exchange.html or not exchange.json):
            return None
        if exchange.html:
            raise VendorOutage(f"GitHub answered {request.operation} with a web page instead of data")
        if not exchange.json:
            said = exchange.headers.get("content-type", "nothing")[:80]
            raise VendorOutage(f"GitHub answered {request.operation} with {said} instead of JSON")
        try:
            data = parse_json(exchange.body, MAX_BYTES, MAX_DEPTH)
        except JsonError as error:
            raise HostilePayload(f"the answer to {request.operation} was not read: {error}") from error
        if exchange.unreadable and exchange.status < 300:
            raise SchemaDrift(f"the answer was not kept, since what must be taken out of it cannot be found: {exchange.unreadable}")
        if b"\\u0000" not in exchange.body:
            return data
        clean = _without_nul(data)
        if request.kind and clean != data:
            self.context.fault(request.kind, SchemaDrift("a text holds a NUL character; it was left out", operation=request.operation))
        return clean

    def _absent(self, request: _Request, exchange: Exchange, data: Any) -> GithubPage:
        message = _message(data)
        if exchange.status == 404 and any(part.lower() in message.lower() for part in request.absent):
            digest = self._note(request, exchange, exchange.started_at, rows=0)
            return GithubPage(operation=request.operation, data=None, digest=digest, headers=exchange.headers, absent=message)
        refusal = Refusal(
            status=exchange.status, message=message, headers=exchange.headers, html=exchange.html, operation=request.operation
        )
        fault = fault_of(refusal, self.context.now())
        if isinstance(fault, VendorOutage) and exchange.status >= 500:
            raise PassingOutage(fault.detail, operation=fault.operation)
        raise fault

    def _graph_errors(self, request: _Request, exchange: Exchange, data: Any, lenient: Mapping[str, str] | None) -> None:
        if request.document is None:
            return
        if not isinstance(data, dict):
            raise SchemaDrift("a GraphQL answer that is no object")
        for error in data.get("errors") or ():
            held = error if isinstance(error, dict) else {}
            path = [str(each) for each in held.get("path") or ()]
            kind, message = str(held.get("type") or ""), str(held.get("message") or "")
            about = next((name for name in reversed(path) if name in (lenient or {})), "")
            operation = (lenient or {}).get(about, request.operation)
            fault = graph_fault(kind, message, operation, exchange.headers, self.context.now())
            if not about or not isinstance(fault, PermissionMissing):
                raise fault
            self.report_once(request.kind, fault)
        if not isinstance(data.get("data"), dict):
            raise SchemaDrift("a GraphQL answer without data")

    def report_once(self, kind: str, fault: Fault) -> None:
        """Report a fault of one field under a kind, once per operation and sort of fault."""
        with self._reporting:
            known = any((each.operation, each.kind) == (fault.operation, fault.kind) for each in self.context.faults(kind))
            if not known:
                self.context.fault(kind, fault)

    # -- credentials -----------------------------------------------------------------------------------------------------

    def _take_token(self, installation: str, statement: str) -> Mapping[str, Any]:
        try:
            number = installation or self._installation(statement)
            template = TOKEN_OPERATION.partition(" ")[2]
            request = _Request(
                method="POST",
                url=self.session.base_url + _filled(template, {"installation_id": number}),
                operation=TOKEN_OPERATION,
                parameters={"installation_id": number},
                bearer=statement,
                secret=True,
                content=b"{}",
            )
            answer = self._page(request)[0]
        except AuthRevoked as fault:
            raise AuthRevoked(f"GitHub does not accept the app: {fault.detail}", operation=fault.operation) from fault
        except PermissionMissing as fault:
            said = f"the app is not installed in {self.session.organization}: {fault.detail}"
            raise Misconfigured(said, operation=fault.operation) from fault
        return answer.data if isinstance(answer.data, dict) else {}

    def _installation(self, statement: str) -> str:
        found = self.one(operation=INSTALLATION_OPERATION, path={"org": self.session.organization}, bearer=statement)
        number = str(found.data.get("id", "")) if isinstance(found.data, dict) else ""
        if not number.isdigit():
            raise Misconfigured("GitHub does not tell the app's installation; give its ID", operation=INSTALLATION_OPERATION)
        self.session.installation = number
        return number

    def _refined(self, fault: AuthRevoked) -> Fault:
        if self._token_ends is not None and self.context.now() >= self._token_ends:
            return AuthExpired(f"the token ended on {self._token_ends:%Y-%m-%d}: {fault.detail}", operation=fault.operation)
        return fault

    def _remember(self, exchange: Exchange) -> None:
        if "x-oauth-scopes" in exchange.headers:
            self.scopes = frozenset(each.strip() for each in exchange.headers["x-oauth-scopes"].split(",") if each.strip())
        ends = exchange.headers.get("github-authentication-token-expiration", "")
        if ends and self._token_ends is None:
            try:
                self._token_ends = datetime.strptime(ends[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
            except ValueError:  # only a nicer message depends on it
                return

    # -- quota, addresses, ledger ----------------------------------------------------------------------------------------

    def _learn(self, exchange: Exchange) -> None:
        limit, left, reset = (exchange.headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining", "reset"))
        bucket = exchange.headers.get("x-ratelimit-resource", "")
        if bucket in self._gates and limit.isdigit() and left.isdigit() and reset.isdigit() and len(reset) < 12:
            resets_at = datetime.fromtimestamp(int(reset), UTC)
            self.context.quota.learn(f"github:{bucket}", limit=int(limit), remaining=int(left), resets_at=resets_at)

    def _check(self, url: str) -> None:
        """The base address was resolved and judged when the run began; any other scheme, host or port is refused."""
        if _place(url) != self._place:
            raise ForbiddenAddress(f"{urlsplit(url).netloc[:200]} is not the API that this connection reads")

    def _path(self, url: str) -> str:
        if url == self.session.graphql_url:
            return "/graphql"
        return urlsplit(url).path.removeprefix(urlsplit(self.session.base_url).path)

    def _note(
        self,
        request: _Request,
        exchange: Exchange | None,
        started: datetime,
        *,
        data: Any = None,
        rows: int | None = None,
        more: bool = False,
        fault: str = "",
    ) -> str:
        digest, size = "", 0
        if exchange is not None and not request.secret and not exchange.unreadable:
            digest, size = self.context.spool.put(exchange.body, exchange.removed), len(exchange.body)
        headers = exchange.headers if exchange is not None else {}
        limit, left = headers.get("x-ratelimit-limit", ""), headers.get("x-ratelimit-remaining", "")
        self.context.ledger.add(
            Call(
                operation=request.operation,
                parameters=request.parameters,
                partition=request.partition,
                page=request.page,
                rows=_rows(data) if rows is None else rows,
                total=_total(data),
                more=more,
                status=exchange.status if exchange is not None else 0,
                started_at=started,
                finished_at=exchange.finished_at if exchange is not None else self.context.now(),
                vendor_time=exchange.vendor_time if exchange is not None else None,
                request_id=headers.get("x-github-request-id", "")[:200],
                sha256=digest,
                size=size,
                quota_limit=int(limit) if limit.isdigit() and len(limit) < 10 else None,
                quota_remaining=int(left) if left.isdigit() and len(left) < 10 else None,
                fault=fault,
            )
        )
        return digest


def exchange_next(exchange: Exchange) -> str:
    """The address of Link rel=next, empty when there is none."""
    link = exchange.headers.get("link", "")
    if not link:
        return ""
    return httpx.Response(200, headers={"link": link[:8192]}).links.get("next", {}).get("url", "")


def _worth_another_try(state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome is not None else None
    return isinstance(error, Transient | PassingOutage)


def _headers(bearer: str) -> dict[str, str]:
    return {
        "authorization": f"Bearer {bearer}",
        "accept": "application/vnd.github+json",
        "x-github-api-version": API_VERSION,
        "user-agent": AGENT,
    }


def _filled(template: str, path: Mapping[str, object]) -> str:
    return template.format_map({name: quote(str(value), safe="") for name, value in path.items()})


def _place(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise ForbiddenAddress("an address whose port is no number") from error
    if parts.username or parts.password:
        raise ForbiddenAddress("an address that carries a user name is refused")
    return parts.scheme, (parts.hostname or "").lower(), port or (443 if parts.scheme == "https" else 80)


def _moved(request: _Request, url: str) -> _Request:
    return _Request(**{name: getattr(request, name) for name in request.__dataclass_fields__ if name != "url"}, url=url)


def _message(data: Any) -> str:
    message = data.get("message") if isinstance(data, dict) else None
    return message[:500] if isinstance(message, str) else ""


def _rows(data: Any) -> int | None:
    if isinstance(data, list):
        return len(data)
    if not isinstance(data, dict):
        return None
    held = _connection(data) or data
    listed = next((value for value in held.values() if isinstance(value, list)), None)
    return len(listed) if listed is not None else None


def _total(data: Any) -> int | None:
    held = (_connection(data) or data) if isinstance(data, dict) else {}
    total = next((held[name] for name in ("total_count", "totalCount", "issueCount") if name in held), None)
    return total if isinstance(total, int) and not isinstance(total, bool) and 0 <= total < 2**31 else None


def _more(data: Any) -> bool:
    held = _connection(data) if isinstance(data, dict) else None
    return held is not None and isinstance(held.get("pageInfo"), dict) and held["pageInfo"].get("hasNextPage") is True


def _connection(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The outermost list of a GraphQL answer; lists within its rows have pages of their own, which are other calls."""
    level = [data]
    while level:
        if (found := next((each for each in level if "pageInfo" in each), None)) is not None:
            return found
        level = [value for each in level for value in each.values() if isinstance(value, dict)]
    return None


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_nul(each) for each in value]
    if isinstance(value, dict):
        return {name.replace("\x00", ""): _without_nul(each) for name, each in value.items()}
    return value
