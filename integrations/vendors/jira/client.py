"""The one way to Jira: every call is checked, counted, kept as received, written into the ledger, and its errors named.

`one(operation="GET /rest/api/3/myself")` makes one call; `pages(…)` follows a list by startAt. Operations are named as Atlassian's
reference names them. Rate limits are never slept out: they raise, and a later run goes on. Only faults of a moment are tried again
within the call, for at most ten seconds. Next links of answers are not followed: addresses are made here.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from tenacity import RetryCallState, Retrying, stop_after_attempt, stop_after_delay, wait_random_exponential

from compliance.seal.canonical import JsonError, parse_json
from integrations.errors import AuthExpired, AuthRevoked, Fault, HostilePayload, SchemaDrift, Transient, VendorOutage
from integrations.transport.addresses import check_address
from integrations.transport.context import Context
from integrations.transport.exchange import MAX_BYTES, Exchange, Transport
from integrations.transport.ledger import Call
from integrations.transport.log_lines import Concealed
from integrations.vendors.jira.errors import EndlessPaging, PassingOutage, Refusal, fault_of, reset_of
from integrations.vendors.jira.readonly import refuse_unless_read
from integrations.vendors.jira.redactions import redacted
from integrations.vendors.jira.session import JiraSession

AGENT = "plumbline"
MAX_DEPTH = 100
MAX_PAGES = 20_000
ATTEMPTS = 4
LONGEST_WAIT = 10.0  # seconds that one call may spend on trying again
PARALLEL = 4
BUCKET = "jira:rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraPage:
    """One answer: `data` is its parsed JSON, `digest` addresses the bytes as kept."""

    operation: str
    data: Any
    digest: str
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    method: str
    url: str
    path: str
    operation: str
    parameters: Mapping[str, object]
    kind: str = ""
    page: int = 1
    partition: str = ""
    content: bytes | None = None
    bare: bool = False  # the answer is a list that only an empty page ends


@dataclass(slots=True)
class Kept:
    """Names (small letters) of custom fields whose changes are kept; known once the fields were read."""

    fields: frozenset[str] = field(default_factory=frozenset)


class JiraClient:
    """For one run. Thread-safe. `sleep` waits between attempts."""

    def __init__(self, context: Context, sleep: Callable[[float], None] = time.sleep) -> None:
        self.context = context
        self._concealed = Concealed(context.secrets.values())
        self.session = JiraSession(context)
        self.kept = Kept()
        self._sleep = sleep
        self._transport = Transport("Jira", tls=self.session.base_url.startswith("https:"))
        self._gate = threading.BoundedSemaphore(PARALLEL)
        self._reporting = threading.Lock()
        check_address(self.session.base_url, hosts=(self.session.host,), allow=context.allow)

    def close(self) -> None:
        """End all connections."""
        self._transport.close()
        self._concealed.close()

    # -- calling ---------------------------------------------------------------------------------------------------------

    def one(
        self,
        *,
        operation: str,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
        kind: str = "",
        partition: str = "",
        page: int = 1,
        bare: bool = False,
    ) -> JiraPage:
        """One call. `kind` is where odd values are reported. Raises the faults of `integrations.errors`; WriteRefused before anything is
        sent when the operation could change something."""
        self.context.check_cancelled()
        method, _, template = operation.partition(" ")
        place = template.format_map({name: quote(str(value), safe="") for name, value in (path or {}).items()})
        request = _Request(
            method=method,
            url=self.session.base_url + place + (f"?{urlencode(query)}" if query else ""),
            path=place,
            operation=operation,
            parameters={**(path or {}), **(query or {}), **(body or {})},
            kind=kind,
            page=page,
            partition=partition,
            content=json.dumps(body).encode() if body is not None else None,
            bare=bare,
        )
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS) | stop_after_delay(LONGEST_WAIT),
            wait=wait_random_exponential(multiplier=0.5, max=3),
            retry=_worth_another_try,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._authorised, request)

    def pages(self, *, size: int, inside: str = "values", query: Mapping[str, object] | None = None, **more: Any) -> Iterator[JiraPage]:
        """All pages of a list by startAt. `inside` names the field with the rows; "" where the answer is the list itself, which ends
        with an empty page (Jira may leave rows out of any page). Raises SchemaDrift when there is no list."""
        start = 0
        for number in range(1, MAX_PAGES + 1):
            page = self.one(query={**(query or {}), "startAt": start, "maxResults": size}, page=number, bare=not inside, **more)
            held = page.data if not inside else page.data.get(inside) if isinstance(page.data, dict) else None
            if not isinstance(held, list):
                raise SchemaDrift(f"{page.operation} answered with no list", operation=page.operation)
            if inside or held:
                yield page
            if not held or (inside and page.data.get("isLast") is True):
                return
            start += len(held) if inside else size
        raise EndlessPaging(f"{more['operation']} offers page after page without end", operation=more["operation"])

    # -- one answer ------------------------------------------------------------------------------------------------------

    def _authorised(self, request: _Request) -> JiraPage:
        header = self.session.authorization()
        try:
            return self._once(request, header)
        except AuthRevoked as fault:
            if not self.session.renew(header):
                raise self._refined(fault) from fault
        return self._once(request, self.session.authorization())

    def _refined(self, fault: AuthRevoked) -> Fault:
        return fault if self.session.basic else AuthExpired(f"the access token is over: {fault.detail}", operation=fault.operation)

    def _once(self, request: _Request, header: str) -> JiraPage:
        refuse_unless_read(request.method, request.path)
        self.context.quota.spend(BUCKET)
        started = self.context.now()
        headers = {"authorization": header, "accept": "application/json", "user-agent": AGENT}
        if request.content is not None:
            headers["content-type"] = "application/json"
        try:
            with self._gate:
                exchange = self._transport.send(request.method, request.url, headers, request.content, self.context.now)
        except Fault as fault:
            fault.operation = request.operation
            self._note(request, None, started, fault=fault.kind)
            raise
        self._learn(exchange)
        exchange = exchange.cleaned(lambda body, strict: redacted(request.operation, body, self.kept.fields, strict=strict))
        try:
            data = self._parsed(request, exchange)
        except Fault as fault:
            fault.operation = fault.operation or request.operation
            self._note(request, exchange, started, fault=fault.kind)
            raise
        digest = self._note(request, exchange, started, data=data)
        return JiraPage(operation=request.operation, data=data, digest=digest, number=request.page)

    def _parsed(self, request: _Request, exchange: Exchange) -> Any:
        if 300 <= exchange.status < 400:
            raise VendorOutage(f"Jira sends {request.operation} elsewhere (status {exchange.status}); look at the address of the site")
        if exchange.status >= 400 and (exchange.html or not exchange.json):
            raise self._refusal(request, exchange, None)
        if exchange.html or not exchange.json:
            said = "a web page" if exchange.html else exchange.headers.get("content-type", "nothing")[:80]
            raise VendorOutage(f"Jira answered {request.operation} with {said} instead of JSON")
        try:
            data = parse_json(exchange.body, MAX_BYTES, MAX_DEPTH)
        except JsonError as error:
            raise HostilePayload(f"the answer to {request.operation} was not read: {error}") from error
        if exchange.status >= 400:
            raise self._refusal(request, exchange, data)
        if exchange.unreadable:
            raise SchemaDrift(f"the answer was not kept, since what must be taken out of it cannot be found: {exchange.unreadable}")
        if b"\\u0000" not in exchange.body:
            return data
        clean = _without_nul(data)
        if request.kind and clean != data:
            self.context.fault(request.kind, SchemaDrift("a text holds a NUL character; it was left out", operation=request.operation))
        return clean

    def _refusal(self, request: _Request, exchange: Exchange, data: Any) -> Fault:
        said = _message(data) or exchange.body[:200].decode("utf-8", "replace") if not exchange.html else ""
        refusal = Refusal(status=exchange.status, message=said, headers=exchange.headers, html=exchange.html, operation=request.operation)
        return fault_of(refusal, self.context.now())

    def report_once(self, kind: str, fault: Fault) -> None:
        """Report a fault of one field under a kind, once per operation and sort of fault."""
        with self._reporting:
            known = any((each.operation, each.kind) == (fault.operation, fault.kind) for each in self.context.faults(kind))
            if not known:
                self.context.fault(kind, fault)

    # -- quota and ledger ------------------------------------------------------------------------------------------------

    def _learn(self, exchange: Exchange) -> None:
        limit, left = (exchange.headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining"))
        resets_at = reset_of(exchange.headers)
        if limit.isdigit() and left.isdigit() and resets_at is not None and int(limit) > 0:
            self.context.quota.learn(BUCKET, limit=int(limit), remaining=int(left), resets_at=resets_at)

    def _note(self, request: _Request, exchange: Exchange | None, started: datetime, *, data: Any = None, fault: str = "") -> str:
        digest, size = "", 0
        if exchange is not None and not exchange.unreadable:
            digest, size = self.context.spool.put(exchange.body, exchange.removed), len(exchange.body)
        headers = exchange.headers if exchange is not None else {}
        limit, left = headers.get("x-ratelimit-limit", ""), headers.get("x-ratelimit-remaining", "")
        self.context.ledger.add(
            Call(
                operation=request.operation,
                parameters=request.parameters,
                partition=request.partition,
                page=request.page,
                rows=_rows(data),
                total=_total(data),
                more=bool(data) if request.bare else isinstance(data, dict) and data.get("isLast") is False,
                status=exchange.status if exchange is not None else 0,
                started_at=started,
                finished_at=exchange.finished_at if exchange is not None else self.context.now(),
                vendor_time=exchange.vendor_time if exchange is not None else None,
                request_id=headers.get("atl-traceid", "")[:200],
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


def _message(data: Any) -> str:
    if not isinstance(data, dict):
        return ""
    listed = data.get("errorMessages")
    parts = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    parts += [str(data[name]) for name in ("message", "errorMessage", "error_description") if isinstance(data.get(name), str)]
    return "; ".join(parts)[:500]


def _rows(data: Any) -> int | None:
    if isinstance(data, list):
        return len(data)
    if not isinstance(data, dict):
        return None
    listed = next((data[name] for name in ("issues", "values") if isinstance(data.get(name), list)), None)
    return len(listed) if listed is not None else None


def _total(data: Any) -> int | None:
    total = data.get("total", data.get("count")) if isinstance(data, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) and 0 <= total < 2**31 else None


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_nul(each) for each in value]
    if isinstance(value, dict):
        return {name.replace("\x00", ""): _without_nul(each) for name, each in value.items()}
    return value
