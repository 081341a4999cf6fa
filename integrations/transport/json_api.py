"""A guarded client for a vendor's JSON API, for connectors that need nothing special: each call is checked, counted, read within bounds,
redacted, kept as received, told in the ledger, and its refusal named.

It makes GET calls only. Rate limits are never slept out; faults of a moment are tried again a few times.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
from tenacity import RetryCallState, Retrying, stop_after_attempt, wait_random_exponential

from compliance.seal.canonical import JsonError, parse_json
from integrations.errors import (
    AuthRevoked,
    Fault,
    HostilePayload,
    NotLicensed,
    PermissionMissing,
    RateLimited,
    SchemaDrift,
    Transient,
    VendorOutage,
    WriteRefused,
)
from integrations.transport.addresses import check_address
from integrations.transport.context import Context
from integrations.transport.ledger import Call
from integrations.transport.log_lines import Concealed
from integrations.transport.redaction import Table, Unreadable, redact

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 100
ATTEMPTS = 3
COME_BACK = timedelta(seconds=60)
STATUSES: Mapping[int, type[Fault]] = {
    401: AuthRevoked,
    402: NotLicensed,
    403: PermissionMissing,
    404: PermissionMissing,
    410: PermissionMissing,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonPage:
    """One answer: its parsed JSON, the digest under which its bytes are kept, and its headers (names in small letters)."""

    data: Any
    digest: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    removed: tuple[str, ...]


class JsonApi:
    """For one run. `base_url` is the API's address, `headers` carry the credential, `statuses` adds to or replaces what a status means,
    `redactions` is taken out of answers before anything is kept (by operation)."""

    def __init__(
        self,
        context: Context,
        *,
        base_url: str,
        headers: Mapping[str, str],
        statuses: Mapping[int, type[Fault]] | None = None,
        redactions: Table | None = None,
        bucket: str = "api",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.context = context
        self._base = base_url.rstrip("/")
        check_address(self._base, hosts=((urlsplit(self._base).hostname or "").lower(),), allow=context.allow)
        self._headers = {"accept": "application/json", "accept-encoding": "identity", **headers}
        self._statuses = {**STATUSES, **(statuses or {})}
        self._redactions = redactions or {}
        self._bucket = bucket
        self._sleep = sleep
        self._concealed = Concealed(context.secrets.values())
        verify = ssl.create_default_context() if self._base.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._http = httpx.Client(verify=verify, timeout=httpx.Timeout(60, connect=10), trust_env=False, follow_redirects=False)

    def close(self) -> None:
        """End all connections."""
        self._http.close()
        self._concealed.close()

    def get(
        self,
        operation: str,
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        page: int = 1,
        rows: Callable[[Any], int | None] = lambda _data: None,
        total: Callable[[Any], int | None] = lambda _data: None,
        more: Callable[[Any], bool] = lambda _data: False,
        partition: str = "",
    ) -> JsonPage:
        """One call of `GET /people/{id}`. `rows`, `total` and `more` read from the answer what the ledger tells of it. Raises the faults
        of `integrations.errors`; WriteRefused, before anything is sent, when the operation is no GET."""
        method, _, template = operation.partition(" ")
        if method != "GET":
            raise WriteRefused(f"{operation} could change something; it is never sent", operation=operation)
        self.context.check_cancelled()
        url = self._base + template.format_map({name: quote(str(value), safe="") for name, value in (path or {}).items()})
        url += f"?{urlencode(query)}" if query else ""
        told = {"operation": operation, "parameters": {**(path or {}), **(query or {})}, "page": page, "partition": partition}
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS), wait=wait_random_exponential(multiplier=0.5, max=3), retry=_passing, sleep=self._sleep, reraise=True
        )  # fmt: skip
        return retrying(self._once, url, told, (rows, total, more))

    def _once(self, url: str, told: Mapping[str, Any], readers: tuple[Callable[[Any], Any], ...]) -> JsonPage:
        operation = str(told["operation"])
        self.context.quota.spend(self._bucket)
        started = self.context.now()
        try:
            answer = self._sent(url, operation)
        except Fault as fault:
            fault.operation = operation
            self._tell(told, started, None, fault=fault.kind)
            raise
        try:
            data = self._parsed(answer)
            counts = [read(data) for read in readers]
        except Fault as fault:
            fault.operation = operation
            kept = not isinstance(fault, HostilePayload | VendorOutage)
            self._tell(told, started, answer, fault=fault.kind, keep=kept)
            raise
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            self._tell(told, started, answer, fault=SchemaDrift.kind)
            raise SchemaDrift(f"an answer of another shape: {type(error).__name__} {error}", operation=operation) from error
        digest = self._tell(told, started, answer, rows=counts[0], total=counts[1], more=bool(counts[2]))
        return JsonPage(data=data, digest=digest, headers=answer.headers)

    def _sent(self, url: str, operation: str) -> _Answer:
        try:
            with self._http.stream("GET", url, headers=self._headers) as response:
                body = b""
                for chunk in response.iter_raw(64 * 1024):
                    body += chunk
                    if len(body) > MAX_BYTES:
                        raise HostilePayload(f"an answer of more than {MAX_BYTES:,} bytes; it was not read to its end")
        except httpx.HTTPError as error:
            raise Transient(f"the connection failed: {type(error).__name__} {error}") from error
        names = {name.lower(): value for name, value in response.headers.items()}
        if _is_web_page(names, body):  # never kept: nobody could say what must be taken out of it
            raise VendorOutage(f"the vendor answered with a web page instead of data (status {response.status_code})")
        try:
            kept = redact(body, self._redactions.get(operation), strict=response.status_code < 300)
        except Unreadable as error:
            raise HostilePayload(f"what must be taken out of the answer cannot be found: {error}") from error
        return _Answer(status=response.status_code, headers=names, body=kept.body, removed=kept.removed)

    def _parsed(self, answer: _Answer) -> Any:
        said = answer.body[:200].decode("utf-8", "replace")
        if answer.status >= 500:
            raise Transient(f"the vendor answered {answer.status}")
        if answer.status == 429:
            raise RateLimited("the vendor asks to come back later", retry_at=_retry_at(answer.headers, self.context.now()))
        if answer.status >= 300:
            raise self._statuses.get(answer.status, SchemaDrift)(f"the vendor answered {answer.status}: {said}")
        try:
            return _without_nul(parse_json(answer.body, MAX_BYTES, MAX_DEPTH))
        except JsonError as error:
            raise HostilePayload(f"the answer was not read: {error}") from error

    def _tell(
        self, told: Mapping[str, Any], started: datetime, answer: _Answer | None, *, rows: int | None = None, total: int | None = None,
        more: bool = False, fault: str = "", keep: bool = True,
    ) -> str:  # fmt: skip
        digest = self.context.spool.put(answer.body, answer.removed) if answer is not None and keep else ""
        self.context.ledger.add(
            Call(
                **told, rows=rows, total=total, more=more, status=answer.status if answer else 0, started_at=started,
                finished_at=self.context.now(), vendor_time=_vendor_time(answer.headers) if answer else None, sha256=digest,
                size=len(answer.body) if answer else 0, request_id=(answer.headers.get("x-request-id", "") if answer else "")[:120], fault=fault,
            )
        )  # fmt: skip
        return digest


def _is_web_page(headers: Mapping[str, str], body: bytes) -> bool:
    start = body[:200].lstrip().lower()
    return "html" in headers.get("content-type", "").lower() or start.startswith((b"<!doctype html", b"<html"))


def _passing(state: RetryCallState) -> bool:
    return isinstance(state.outcome.exception() if state.outcome else None, Transient)


def _retry_at(headers: Mapping[str, str], now: datetime) -> datetime:
    after = headers.get("retry-after", "")
    return now + (timedelta(seconds=min(int(after), 86_400)) if after.isdigit() else COME_BACK)


def _vendor_time(headers: Mapping[str, str]) -> datetime | None:
    try:
        found = parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return found if found.utcoffset() is not None else found.replace(tzinfo=UTC)


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_nul(each) for each in value]
    if isinstance(value, dict):
        return {name.replace("\x00", ""): _without_nul(each) for name, each in value.items()}
    return value
