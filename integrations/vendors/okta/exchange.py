"""One HTTP exchange with Okta through the SDK's request executor: sent once, read within bounds, its bytes kept as received.

The executor is used without `okta.Client`, whose constructor reads the machine's environment and `~/.okta/okta.yaml` (another tenant's
secrets), adds a log handler each time and insists on https, which a sandbox on loopback cannot offer. The SDK lets its HTTP client be
replaced; ours differs from the SDK's in what matters for evidence: bytes instead of decoded text, a limit of size, no redirect, no proxy
of the machine, no log line with a header, and no judgement of the answer (a body that is no JSON must not raise).
"""

import re
import ssl
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import certifi
from multidict import CIMultiDictProxy
from okta.cache.no_op_cache import NoOpCache
from okta.http_client import HTTPClient
from okta.request_executor import RequestExecutor
from yarl import URL

from integrations.errors import HostilePayload, Transient
from integrations.transport.redaction import Redaction, Unreadable, redact
from integrations.vendors.okta.loop import LoopThread

MAX_BYTES = 32 * 1024 * 1024
CHUNK = 64 * 1024
CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
CONNECTIONS = 8
GZIP = 31  # zlib's window bits for the gzip container
AGENT = "plumbline"
LINK = re.compile(r'<(?P<address>[^<>]*)>\s*;\s*rel="?(?P<rel>\w+)"?.*')


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What came back. Header names are in small letters. After `redacted`, `body` is as received but for what was taken out of it
    (`removed`, in words); `unreadable` says why it may not be kept at all."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    started_at: datetime
    finished_at: datetime
    removed: tuple[str, ...] = ()
    unreadable: str = ""

    def redacted(self, redaction: Redaction | None) -> "Exchange":
        """The same exchange without what the rules name."""
        try:
            kept = redact(self.body, redaction, strict=self.status < 300)
        except Unreadable as error:
            return replace(self, unreadable=str(error))
        return replace(self, body=kept.body, removed=kept.removed) if kept.removed else self

    @property
    def html(self) -> bool:
        """Whether the answer is a web page, thus no answer of the API."""
        start = self.body[:200].lstrip().lower()
        return "html" in self.headers.get("content-type", "").lower() or start.startswith((b"<!doctype html", b"<html"))

    @property
    def json(self) -> bool:
        """Whether it says that it is JSON."""
        return "json" in self.headers.get("content-type", "").lower()

    @property
    def next_link(self) -> str:
        """The address of Link rel=next, empty when there is none."""
        for part in self.headers.get("link", "")[:16_384].split(","):
            found = LINK.fullmatch(part.strip())
            if found is not None and found["rel"] == "next":
                return found["address"]
        return ""

    @property
    def vendor_time(self) -> datetime | None:
        """Okta's clock, where it says."""
        try:
            return parsedate_to_datetime(self.headers.get("date", ""))
        except (TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Received:
    """The part of an answer that the SDK's executor looks at, and the bytes."""

    status: int
    headers: CIMultiDictProxy[str]
    content_type: str
    body: bytes


class BoundedHttp(HTTPClient):
    """The SDK's HTTP client, replaced; one session serves the run."""

    async def send_request(self, request: dict[str, Any]) -> tuple[Any, Received | None, str | None, Exception | None]:
        """One request. Raises HostilePayload beyond MAX_BYTES (compressed or not), Transient when a compressed answer ends early."""
        headers = {**request["headers"], "accept-encoding": "gzip"}
        try:
            async with self._session.request(
                request["method"], URL(request["url"], encoded=True), headers=headers, data=request["form"] or None, allow_redirects=False
            ) as response:
                body = await _read(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            return None, None, None, error
        received = Received(response.status, response.headers, response.content_type, body)
        return None, received, "", None  # no text: the executor would parse it, and the bytes are what is read

    @staticmethod
    def check_response_for_error(url: str, response_details: Received, response_body: str) -> tuple[None, None]:
        """Every answer is ours to judge (errors.py)."""
        return None, None


class Transport:
    """Connections of one run. Thread-safe. `tls` False only where the address is plain http, which the operator must have allowed."""

    def __init__(self, base_url: str, *, tls: bool) -> None:
        self._loop = LoopThread()
        self._executor = RequestExecutor(
            {
                "client": {
                    "orgUrl": base_url, "authorizationMode": "Bearer", "token": "", "requestTimeout": 0, "userAgent": AGENT,
                    "rateLimit": {"maxRetries": 0},
                }
            },
            NoOpCache(),
            BoundedHttp,
        )  # fmt: skip
        self._session = self._loop.run(_session(tls))
        self._executor.set_session(self._session)

    def send(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None, clock: Callable[[], datetime]
    ) -> Exchange:
        """One request and its whole answer. Raises Transient when the connection fails or ends early, HostilePayload."""
        started = clock()
        received = self._loop.run(self._send(method, url, headers, form))
        names = {name.lower(): ", ".join(received.headers.getall(name)) for name in received.headers}  # Okta sends one Link a header
        return Exchange(status=received.status, headers=names, body=received.body, started_at=started, finished_at=clock())

    async def _send(self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None) -> Received:
        request, error = await self._executor.create_request(method, url, {}, dict(headers), form=dict(form or {}), oauth=True)
        if error is None:
            received, _text, error = await self._executor.execute(request)
        if error is not None:
            raise Transient(f"the connection to Okta failed: {type(error).__name__} {error}") from error
        return received

    def close(self) -> None:
        """End all connections and the loop."""
        try:
            self._loop.run(self._session.close())
        except RuntimeError:  # closed already
            return
        self._loop.close()


async def _session(tls: bool) -> aiohttp.ClientSession:
    context = _authorities() if tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the latter trusts nobody
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context, limit=CONNECTIONS),
        timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_read=READ_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )


def _authorities() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()  # a private authority of the operator
    return context


async def _read(response: aiohttp.ClientResponse) -> bytes:
    coding = response.headers.get("content-encoding", "identity").lower()
    if coding not in ("gzip", "identity"):
        raise HostilePayload(f"an answer in the coding {coding[:40]!r}, which was not asked for")
    plain = zlib.decompressobj(GZIP) if coding == "gzip" else None
    parts: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(CHUNK):
        part = _inflated(plain, chunk, MAX_BYTES - size) if plain else chunk
        size += len(part)
        if size > MAX_BYTES:
            response.close()
            raise HostilePayload(f"an answer of more than {MAX_BYTES:,} bytes; it was not read to its end")
        parts.append(part)
    if plain is not None and not plain.eof and size:
        raise Transient("a compressed answer ended early")
    return b"".join(parts)


def _inflated(plain: Any, chunk: bytes, room: int) -> bytes:
    try:
        return plain.decompress(chunk, room + 1)
    except zlib.error as error:
        raise HostilePayload("an answer that says gzip and is none") from error
