"""The one way to BambooHR: every call is checked, counted, kept without private fields, written into the ledger, and its errors named.

Operations are named as BambooHR's description names them: `GET /api/v1/employees/{id}/tables/employmentStatus`. A rate limit is never
slept out: it raises, and a later run goes on. Only faults of a moment are tried again within the call, for at most ten seconds.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tenacity import RetryCallState, Retrying, stop_after_attempt, stop_after_delay, wait_random_exponential

from compliance.seal.canonical import JsonError, parse_json
from integrations.errors import AuthRevoked, Fault, ForbiddenAddress, HostilePayload, SchemaDrift, Transient, VendorOutage
from integrations.transport.addresses import check_address
from integrations.transport.context import Context
from integrations.transport.exchange import MAX_BYTES, Exchange, Transport
from integrations.transport.ledger import Call
from integrations.transport.log_lines import Concealed
from integrations.vendors.bamboohr.errors import PassingOutage, Refusal, fault_of
from integrations.vendors.bamboohr.readonly import refuse_unless_read
from integrations.vendors.bamboohr.redactions import redactions
from integrations.vendors.bamboohr.session import BambooSession

AGENT = "plumbline"
BUCKET = "bamboohr:api"
MAX_DEPTH = 100
ATTEMPTS = 4
LONGEST_WAIT = 10.0  # seconds that one call may spend on trying again


@dataclass(frozen=True, slots=True, kw_only=True)
class BambooPage:
    """One answer: `data` is its parsed JSON without private fields, `digest` addresses the bytes as kept."""

    operation: str
    data: Any
    digest: str
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    operation: str
    method: str
    url: str
    parameters: Mapping[str, object]
    kind: str = ""
    page: int = 1
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What an answer says of its list."""

    rows: int | None = None
    total: int | None = None
    more: bool = False


@dataclass
class BambooClient:
    """For one run. Thread-safe. `sleep` waits between attempts."""

    context: Context
    sleep: Callable[[float], None] = time.sleep
    _reporting: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.session = BambooSession(self.context)
        self._concealed = Concealed(self.context.secrets.values())
        self._table = redactions(tuple(self.session.own_fields.values()))
        self._transport = Transport("BambooHR", tls=self.session.base_url.startswith("https:"))
        self._place = _place(self.session.base_url)
        check_address(self.session.base_url, hosts=(self.session.host,), allow=self.context.allow)

    def close(self) -> None:
        """End all connections."""
        self._transport.close()
        self._concealed.close()

    def call(
        self,
        operation: str,
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
        kind: str = "",
        page: int = 1,
    ) -> BambooPage:
        """One page. Raises the faults of `integrations.errors`; WriteRefused before anything is sent when it does not only read."""
        self.context.check_cancelled()
        method, _, template = operation.partition(" ")
        filled = template.format_map({name: quote(str(value), safe="") for name, value in (path or {}).items()})
        url = self.session.base_url + filled + (f"?{urlencode(query)}" if query else "")
        content = json.dumps(body).encode() if body is not None else None
        parameters = {**(path or {}), **(query or {}), **(body or {})}
        request = _Request(operation=operation, method=method, url=url, parameters=parameters, kind=kind, page=page, content=content)
        return self._retried(request)

    def report_once(self, kind: str, fault: Fault) -> None:
        """Report a fault of one field under a kind, once per operation and sort of fault."""
        with self._reporting:
            if not any((each.operation, each.kind) == (fault.operation, fault.kind) for each in self.context.faults(kind)):
                self.context.fault(kind, fault)

    # -- one call --------------------------------------------------------------------------------------------------------

    def _retried(self, request: _Request) -> BambooPage:
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS) | stop_after_delay(LONGEST_WAIT),
            wait=wait_random_exponential(multiplier=0.5, max=3),
            retry=_worth_another_try,
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(self._authorised, request)

    def _authorised(self, request: _Request) -> BambooPage:
        refuse_unless_read(request.method, urlsplit(request.url).path.removeprefix(urlsplit(self.session.base_url).path))
        if _place(request.url) != self._place:
            raise ForbiddenAddress(f"{urlsplit(request.url).netloc[:200]} is not the API that this connection reads")
        self.context.quota.spend(BUCKET)  # before a new access token is asked for, too
        authorization = self.session.authorization()
        try:
            return self._once(request, authorization)
        except AuthRevoked:
            if not self.session.forget(authorization):
                raise
        self.context.quota.spend(BUCKET)
        return self._once(request, self.session.authorization())

    def _once(self, request: _Request, authorization: str) -> BambooPage:
        started = self.context.now()
        headers = {"accept": "application/json", "user-agent": AGENT, "authorization": authorization}
        if request.content is not None:
            headers["content-type"] = "application/json"
        try:
            exchange = self._transport.send(request.method, request.url, headers, request.content, self.context.now)
        except Fault as fault:
            fault.operation = request.operation
            self._note(request, None, started, fault=fault.kind)
            raise
        return self._answered(request, exchange.redacted(self._table.get(request.operation)))

    def _answered(self, request: _Request, exchange: Exchange) -> BambooPage:
        try:
            data = self._parsed(request, exchange)
            if exchange.status >= 300:
                raise fault_of(_refusal(request, exchange, data), self.context.now())
        except Fault as fault:
            fault.operation = fault.operation or request.operation
            self._note(request, exchange, exchange.started_at, fault=fault.kind)
            raise
        digest = self._note(request, exchange, exchange.started_at, counted=counted(data))
        return BambooPage(operation=request.operation, data=data, digest=digest, number=request.page)

    def _parsed(self, request: _Request, exchange: Exchange) -> Any:
        if exchange.status >= 300 and (not exchange.body or exchange.html or not exchange.json):
            return None
        if exchange.html:
            raise VendorOutage(f"BambooHR answered {request.operation} with a web page instead of data")
        if not exchange.json:
            said = exchange.headers.get("content-type", "nothing")[:80]
            raise VendorOutage(f"BambooHR answered {request.operation} with {said} instead of JSON")
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
            self.report_once(request.kind, SchemaDrift("a text holds a NUL character; it was left out", operation=request.operation))
        return clean

    def _note(
        self, request: _Request, exchange: Exchange | None, started: datetime, *, counted: Counted | None = None, fault: str = ""
    ) -> str:
        digest, size = "", 0
        if exchange is not None and not exchange.unreadable:
            digest, size = self.context.spool.put(exchange.body, exchange.removed), len(exchange.body)
        held = counted or Counted()
        headers = exchange.headers if exchange is not None else {}
        self.context.ledger.add(
            Call(
                operation=request.operation,
                parameters=request.parameters,
                page=request.page,
                rows=held.rows,
                total=held.total,
                more=held.more,
                status=exchange.status if exchange is not None else 0,
                started_at=started,
                finished_at=exchange.finished_at if exchange is not None else self.context.now(),
                vendor_time=exchange.vendor_time if exchange is not None else None,
                request_id=headers.get("x-request-id", "")[:200],
                sha256=digest,
                size=size,
                fault=fault,
            )
        )
        return digest


def counted(data: Any) -> Counted:
    """Rows, total and whether there is more, as an answer of any endpoint says."""
    if isinstance(data, list):
        return Counted(len(data))
    if not isinstance(data, dict):
        return Counted()
    listed = next((data[name] for name in ("data", "fields", "employees") if isinstance(data.get(name), list | dict)), None)
    meta = data.get("meta") if isinstance(data.get("meta"), dict) else {}
    page = meta.get("page") if isinstance(meta.get("page"), dict) else {}
    links = data.get("links") if isinstance(data.get("links"), dict) else {}
    total = next((each for each in (meta.get("total"), meta.get("totalItems")) if is_count(each)), None)
    return Counted(len(listed) if listed is not None else None, total, bool(page.get("nextCursor") or links.get("next")))


def is_count(value: Any) -> bool:
    """Whether a value can be the number of something."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _refusal(request: _Request, exchange: Exchange, data: Any) -> Refusal:
    said = exchange.headers.get("x-bamboohr-error-message", "")
    held = data.get("error", data) if isinstance(data, dict) else {}
    parts = [held.get(name) for name in ("code", "message", "title", "detail")] if isinstance(held, dict) else [held]
    text = " ".join([said, *(each for each in parts if isinstance(each, str))])[:500].strip()
    return Refusal(status=exchange.status, said=text, headers=exchange.headers, html=exchange.html, operation=request.operation)


def _worth_another_try(state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome is not None else None
    return isinstance(error, Transient | PassingOutage)


def _place(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise ForbiddenAddress("an address whose port is no number") from error
    if parts.username or parts.password:
        raise ForbiddenAddress("an address that carries a user name is refused")
    return parts.scheme, (parts.hostname or "").lower(), port or (443 if parts.scheme == "https" else 80)


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_nul(each) for each in value]
    if isinstance(value, dict):
        return {name.replace("\x00", ""): _without_nul(each) for name, each in value.items()}
    return value
