"""One HTTP exchange with Okta through the SDK's request executor: sent once, read within bounds, its bytes kept as received.

The executor is used without `okta.Client`, whose constructor reads the machine's environment and `~/.okta/okta.yaml` (another tenant's
secrets), adds a log handler each time and insists on https, which a sandbox on loopback cannot offer. The SDK lets its HTTP client be
replaced; ours differs from the SDK's in what matters for evidence: bytes instead of decoded text, a limit of size, no redirect, no proxy
of the machine, no log line with a header, and no judgement of the answer (a body that is no JSON must not raise).
"""

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from multidict import CIMultiDictProxy
from okta.cache.no_op_cache import NoOpCache
from okta.http_client import HTTPClient
from okta.request_executor import RequestExecutor
from yarl import URL

from integrations.errors import HostilePayload, Transient
from integrations.transport.exchange import CHUNK, CONNECT_SECONDS, READ_SECONDS, BoundedBody, authorities
from integrations.transport.exchange import Exchange as HttpExchange
from integrations.vendors.okta.loop import LoopThread

CONNECTIONS = 8
AGENT = "plumbline"
LINK = re.compile(r'<(?P<address>[^<>]*)>\s*;\s*rel="?(?P<rel>\w+)"?.*')


class Exchange(HttpExchange):
    """What came back from Okta, which names the next page in a header."""

    __slots__ = ()

    @property
    def next_link(self) -> str:
        """The address of Link rel=next, empty when there is none."""
        for part in self.headers.get("link", "")[:16_384].split(","):
            found = LINK.fullmatch(part.strip())
            if found is not None and found["rel"] == "next":
                return found["address"]
        return ""


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
    context = authorities() if tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the latter trusts nobody
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context, limit=CONNECTIONS),
        timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_read=READ_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = BoundedBody(response.headers.get("content-encoding", "identity"))
    async for chunk in response.content.iter_chunked(CHUNK):
        try:
            body.take(chunk)
        except HostilePayload:
            response.close()
            raise
    return body.whole()
