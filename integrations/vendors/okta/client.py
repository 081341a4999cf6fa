"""The one way to Okta: every call is checked, counted, kept as received, written into the ledger, and its errors named.

`pages(operation="GET /api/v1/users", query={"limit": 200})` yields pages. Operations are named as Okta's description names them.
Okta's limits are never slept out: a 429 raises, and a later run goes on. Only our own share of a bucket, which refills every minute,
is waited for within bounds, since otherwise an organization with more people than one window has calls could never be read whole.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from tenacity import RetryCallState, Retrying, stop_after_attempt, stop_after_delay, wait_random_exponential

from compliance.seal.canonical import JsonError, parse_json
from integrations.errors import (
    AuthRevoked,
    Fault,
    ForbiddenAddress,
    HostilePayload,
    Misconfigured,
    PermissionMissing,
    QuotaShareReached,
    SchemaDrift,
    Transient,
    VendorOutage,
)
from integrations.transport.addresses import check_address
from integrations.transport.context import Context
from integrations.transport.exchange import MAX_BYTES
from integrations.transport.ledger import Call
from integrations.transport.log_lines import Concealed
from integrations.vendors.okta.errors import EndlessPaging, PassingOutage, Refusal, Vanished, fault_of
from integrations.vendors.okta.exchange import Exchange, Transport
from integrations.vendors.okta.permissions import SCOPES, missing
from integrations.vendors.okta.readonly import TOKEN_PATH, refuse_unless_read
from integrations.vendors.okta.redactions import REDACTIONS
from integrations.vendors.okta.session import OktaSession

MAX_DEPTH = 100
MAX_PAGES = 20_000
ATTEMPTS = 4
LONGEST_WAIT = 10.0  # seconds that one call may spend on trying again
LONGEST_PAUSE = 65.0  # seconds until our share of a bucket is there again: a window is a minute
PAUSES = 300.0  # seconds that one run may wait in all
TOKEN_OPERATION = f"POST {TOKEN_PATH}"
LINK_IN_BODY = frozenset({"GET /api/v1/iam/assignees/users"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OktaPage:
    """One answer: `data` is its parsed JSON, `digest` addresses the bytes as kept. `absent`: Okta said that the thing does not exist
    (`data` is then None)."""

    operation: str
    data: Any
    digest: str
    number: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    more: bool = False
    absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    method: str
    url: str
    operation: str
    parameters: Mapping[str, object]
    kind: str = ""
    page: int = 1
    partition: str = ""
    form: Mapping[str, str] | None = None
    absent: bool = False
    public: bool = False  # sent without a credential

    @property
    def secret(self) -> bool:
        """Whether the answer is a credential: never kept, never hashed."""
        return self.form is not None


class OktaClient:
    """For one run. Thread-safe. `sleep` waits between attempts and for our share of a bucket."""

    def __init__(self, context: Context, wanted: tuple[str, ...], sleep: Callable[[float], None] = time.sleep) -> None:
        self.context = context
        self.session = OktaSession(context, wanted)
        self._place = _place(self.session.base_url)
        check_address(self.session.base_url, hosts=(self.session.host,), allow=context.allow)
        self._concealed = [Concealed(context.secrets.values())]
        self._sleep = sleep
        self._paused = 0.0
        self._reporting = threading.Lock()
        self._transport = Transport(self.session.base_url, tls=self.session.base_url.startswith("https:"))

    def close(self) -> None:
        """End all connections."""
        self._transport.close()
        for each in self._concealed:
            each.close()

    # -- calling ---------------------------------------------------------------------------------------------------------

    def pages(
        self,
        *,
        operation: str,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        kind: str = "",
        partition: str = "",
        absent: bool = False,
        public: bool = False,
    ) -> Iterator[OktaPage]:
        """All pages of a GET, following the next link on the same host only. `absent`: a 404 is an answer (one page with `absent` set).
        `kind` is where odd values are reported; `public` sends no credential.
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
                method=method, url=url, operation=operation, parameters=given, kind=kind, page=number, partition=partition, absent=absent,
                public=public,
            )  # fmt: skip
            page, url = self._page(request)
            yield page

    def one(self, **arguments: Any) -> OktaPage:
        """The first page only. Same arguments and faults as `pages`."""
        return next(self.pages(**arguments))

    def authorize(self) -> None:
        """Sign in now. Raises AuthRevoked or Misconfigured when that is not possible."""
        self.session.authorization(self._take_token)

    def report_once(self, kind: str, fault: Fault) -> None:
        """Report a fault of one field under a kind, once per operation and sort of fault."""
        with self._reporting:
            known = any((each.operation, each.kind) == (fault.operation, fault.kind) for each in self.context.faults(kind))
            if not known:
                self.context.fault(kind, fault)

    # -- one page --------------------------------------------------------------------------------------------------------

    def _page(self, request: _Request) -> tuple[OktaPage, str]:
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS) | stop_after_delay(LONGEST_WAIT),
            wait=wait_random_exponential(multiplier=0.5, max=3),
            retry=_worth_another_try,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._authorised, request)

    def _authorised(self, request: _Request) -> tuple[OktaPage, str]:
        if request.public:
            return self._once(request, "")
        for again in (True, False):
            header = self.session.authorization(self._take_token)
            self._refuse_lacking(request)
            try:
                return self._once(request, header)
            except AuthRevoked:
                if not (again and self.session.forget(header)):
                    raise
        raise AuthRevoked("the credential was refused twice", operation=request.operation)

    def _refuse_lacking(self, request: _Request) -> None:
        scope = SCOPES.get(request.operation, "")
        if scope in self.session.lacking:
            raise PermissionMissing(f"the app was not granted the scope {scope}: {missing(request.operation)}", operation=request.operation)

    def _once(self, request: _Request, header: str) -> tuple[OktaPage, str]:
        refuse_unless_read(request.method, urlsplit(request.url).path)
        self._check(request.url)
        self._spend(f"okta:{request.operation}")
        started = self.context.now()
        headers = {"Accept": "application/json", "Authorization": header}
        if request.form is not None:
            headers = {"Accept": "application/json", "Authorization": "", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            exchange = self._transport.send(request.method, request.url, headers, request.form, self.context.now)
        except Fault as fault:
            fault.operation = request.operation
            self._note(request, None, started, fault=fault.kind)
            raise
        self._learn(request.operation, exchange)
        return self._answered(request, exchange.redacted(REDACTIONS.get(request.operation)))

    def _answered(self, request: _Request, exchange: Exchange) -> tuple[OktaPage, str]:
        try:
            if 300 <= exchange.status < 400:
                said = f"the address leads to {exchange.headers.get('location', '')[:200]}; enter the organization's own address"
                raise Misconfigured(said, operation=request.operation)
            data = self._parsed(request, exchange)
            if exchange.status >= 300:
                return self._refused(request, exchange, data), ""
            following = self._next(request, exchange, data)
        except Fault as fault:
            fault.operation = fault.operation or request.operation
            self._note(request, exchange, exchange.started_at, fault=fault.kind)
            raise
        digest = self._note(request, exchange, exchange.started_at, data=data, more=bool(following))
        page = OktaPage(
            operation=request.operation, data=data, digest=digest, number=request.page, headers=exchange.headers, more=bool(following)
        )  # fmt: skip
        return page, following

    def _parsed(self, request: _Request, exchange: Exchange) -> Any:
        if exchange.status == 204 or (exchange.status >= 300 and (not exchange.body or exchange.html or not exchange.json)):
            return None
        if exchange.html:
            raise VendorOutage(f"Okta answered {request.operation} with a web page instead of data")
        if not exchange.json:
            said = exchange.headers.get("content-type", "nothing")[:80]
            raise VendorOutage(f"Okta answered {request.operation} with {said} instead of JSON")
        try:
            data = parse_json(exchange.body, MAX_BYTES, MAX_DEPTH)
        except JsonError as error:
            raise HostilePayload(f"the answer to {request.operation} was not read: {error}") from error
        if exchange.unreadable and exchange.status < 300:
            raise SchemaDrift(f"the answer was not kept, since what must be taken out of it cannot be found: {exchange.unreadable}")
        clean = _without_nul(data)
        if request.kind and clean != data:
            self.context.fault(request.kind, SchemaDrift("a text holds a NUL character; it was left out", operation=request.operation))
        return clean

    def _refused(self, request: _Request, exchange: Exchange, data: Any) -> OktaPage:
        code, message = _said(data)
        refusal = Refusal(
            status=exchange.status, code=code, message=message, headers=exchange.headers, html=exchange.html, operation=request.operation
        )  # fmt: skip
        fault = fault_of(refusal, self.context.now())
        if isinstance(fault, Vanished) and request.absent:
            digest = self._note(request, exchange, exchange.started_at, rows=0)
            return OktaPage(operation=request.operation, data=None, digest=digest, headers=exchange.headers, absent=True)
        if type(fault) is PermissionMissing and request.operation in SCOPES:
            raise PermissionMissing(f"{fault.detail} ({missing(request.operation)})", operation=request.operation)
        raise fault

    def _next(self, request: _Request, exchange: Exchange, data: Any) -> str:
        if request.operation in LINK_IN_BODY:
            links = data.get("_links") if isinstance(data, dict) else None
            following = links.get("next") if isinstance(links, dict) else None
            found = following.get("href") if isinstance(following, dict) else ""
            return urljoin(request.url, found) if isinstance(found, str) and found else ""
        found = exchange.next_link
        return urljoin(request.url, found) if found else ""

    # -- credentials -----------------------------------------------------------------------------------------------------

    def _take_token(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        request = _Request(
            method="POST", url=self.session.base_url + TOKEN_PATH, operation=TOKEN_OPERATION, parameters={"scope": form["scope"]}, form=form
        )  # fmt: skip
        page, _next = self._once(request, "")
        answer = page.data if isinstance(page.data, dict) else {}
        token = answer.get("access_token")
        if isinstance(token, str):
            self._concealed.append(Concealed([token]))
        return answer

    # -- quota, addresses, ledger ----------------------------------------------------------------------------------------

    def _spend(self, bucket: str) -> None:
        try:
            self.context.quota.spend(bucket)
        except QuotaShareReached as fault:
            seconds = (fault.retry_at - self.context.now()).total_seconds() + 1
            if not 0 < seconds <= LONGEST_PAUSE or self._paused + seconds > PAUSES:
                raise
            self._pause(seconds)
            self.context.quota.spend(bucket)

    def _pause(self, seconds: float) -> None:
        self._paused += seconds
        while seconds > 0:
            self.context.check_cancelled()
            self._sleep(min(seconds, 1.0))
            seconds -= 1.0

    def _learn(self, operation: str, exchange: Exchange) -> None:
        limit, left, reset = (exchange.headers.get(f"x-rate-limit-{name}", "") for name in ("limit", "remaining", "reset"))
        if (
            limit.isdigit()
            and left.isdigit()
            and reset.isdigit()
            and 0 < len(limit) < 10
            and len(left) < 10
            and len(reset) < 12
            and int(limit)
        ):
            resets_at = datetime.fromtimestamp(int(reset), UTC)
            self.context.quota.learn(f"okta:{operation}", limit=int(limit), remaining=int(left), resets_at=resets_at)

    def _check(self, url: str) -> None:
        """The base address was resolved and judged when the run began; any other scheme, host or port is refused."""
        if _place(url) != self._place:
            raise ForbiddenAddress(f"{urlsplit(url).netloc[:200]} is not the organization that this connection reads")

    def _note(
        self, request: _Request, exchange: Exchange | None, started: datetime, *, data: Any = None, rows: int | None = None, more: bool = False,
        fault: str = "",
    ) -> str:  # fmt: skip
        digest, size = "", 0
        if exchange is not None and not request.secret and not exchange.unreadable:
            digest, size = self.context.spool.put(exchange.body, exchange.removed), len(exchange.body)
        headers = exchange.headers if exchange is not None else {}
        limit, left = headers.get("x-rate-limit-limit", ""), headers.get("x-rate-limit-remaining", "")
        self.context.ledger.add(
            Call(
                operation=request.operation,
                parameters=request.parameters,
                partition=request.partition,
                page=request.page,
                rows=_rows(data) if rows is None else rows,
                more=more,
                status=exchange.status if exchange is not None else 0,
                started_at=started,
                finished_at=exchange.finished_at if exchange is not None else self.context.now(),
                vendor_time=exchange.vendor_time if exchange is not None else None,
                request_id=headers.get("x-okta-request-id", "")[:200],
                sha256=digest,
                size=size,
                quota_limit=int(limit) if limit.isdigit() and len(limit) < 10 else None,
                quota_remaining=int(left) if left.isdigit() and len(left) < 10 else None,
                fault=fault,
            )
        )
        return digest


def _worth_another_try(state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome is not None else None
    return isinstance(error, Transient | PassingOutage)


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


def _said(data: Any) -> tuple[str, str]:
    """Okta's code and words, or those of the OAuth endpoint."""
    if not isinstance(data, dict):
        return "", ""
    code, words = data.get("errorCode", data.get("error")), [data.get("errorSummary", data.get("error_description"))]
    causes = data.get("errorCauses")
    words += [each.get("errorSummary") for each in causes if isinstance(each, dict)] if isinstance(causes, list) else []
    message = "; ".join(each for each in words if isinstance(each, str))[:500]
    return (code if isinstance(code, str) else "")[:60], message


def _rows(data: Any) -> int | None:
    if isinstance(data, list):
        return len(data)
    held = data.get("value") if isinstance(data, dict) else None
    return len(held) if isinstance(held, list) else None


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_nul(each) for each in value]
    if isinstance(value, dict):
        return {name.replace("\x00", ""): _without_nul(each) for name, each in value.items()}
    return value
