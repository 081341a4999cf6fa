"""One HTTP exchange with a vendor: sent to a checked address, read within bounds, its bytes kept as received.

The bytes, which are the evidence, come straight from httpx. A body that was compressed on the way is kept as it was before the
compression.
"""

import ssl
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime

import certifi
import httpx

from integrations.errors import HostilePayload, Transient
from integrations.transport.redaction import Redacted, Redaction, Unreadable, redact

MAX_BYTES = 32 * 1024 * 1024
CHUNK = 64 * 1024
CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
GZIP = 31  # zlib's window bits for the gzip container


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
        return self.cleaned(lambda body, strict: redact(body, redaction, strict=strict))

    def cleaned(self, clean: Callable[[bytes, bool], Redacted]) -> "Exchange":
        """The same exchange without what `clean` takes out; it is told whether the answer is one of success, of which nothing may be
        left unread."""
        try:
            kept = clean(self.body, self.status < 300)
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
    def vendor_time(self) -> datetime | None:
        """The vendor's clock, where it says."""
        try:
            return parsedate_to_datetime(self.headers.get("date", ""))
        except (TypeError, ValueError):
            return None


class Transport:
    """Connections of one run to `vendor`, as people know it. Thread-safe. `tls` False only where every address is plain http, which the operator must have allowed
    (a sandbox): loading the authorities costs a tenth of a second. No proxy settings of the machine are used, no redirect is followed."""

    def __init__(self, vendor: str, *, tls: bool, read_seconds: float = READ_SECONDS) -> None:
        self._vendor = vendor
        timeout = httpx.Timeout(read_seconds, connect=CONNECT_SECONDS)
        context = authorities() if tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the latter trusts nobody
        self._http = httpx.Client(verify=context, timeout=timeout, trust_env=False, follow_redirects=False)

    def send(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, clock) -> Exchange:
        """One request and its whole answer. Raises Transient when the connection fails or ends early, HostilePayload beyond
        MAX_BYTES (compressed or not)."""
        started = clock()
        try:
            with self._http.stream(method, url, headers={**headers, "accept-encoding": "gzip"}, content=content) as response:
                body = _read(response)
        except httpx.HTTPError as error:
            raise Transient(f"the connection to {self._vendor} failed: {type(error).__name__} {error}") from error
        except httpx.InvalidURL as error:
            raise HostilePayload(f"an address that is none: {error}") from error
        names = {name.lower(): value for name, value in response.headers.items()}
        return Exchange(status=response.status_code, headers=names, body=body, started_at=started, finished_at=clock())

    def close(self) -> None:
        """End all connections."""
        self._http.close()


def authorities() -> ssl.SSLContext:
    """Trusts the public authorities and those of the machine."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()  # a private authority of the operator, for an own server
    return context


class BoundedBody:
    """An answer's bytes as they arrive, never more than MAX_BYTES, compressed or not."""

    def __init__(self, coding: str) -> None:
        """`coding` is the header Content-Encoding. Raises HostilePayload for one that was not asked for."""
        coding = coding.lower()
        if coding not in ("gzip", "identity"):
            raise HostilePayload(f"an answer in the coding {coding[:40]!r}, which was not asked for")
        self._plain = zlib.decompressobj(GZIP) if coding == "gzip" else None
        self._parts: list[bytes] = []
        self._size = 0

    def take(self, chunk: bytes) -> None:
        """The next bytes. Raises HostilePayload beyond the bound or where they are no gzip."""
        part = self._inflated(chunk) if self._plain else chunk
        self._size += len(part)
        if self._size > MAX_BYTES:
            raise HostilePayload(f"an answer of more than {MAX_BYTES:,} bytes; it was not read to its end")
        self._parts.append(part)

    def whole(self) -> bytes:
        """All of it. Raises Transient where a compressed answer ended early."""
        if self._plain is not None and not self._plain.eof and self._size:
            raise Transient("a compressed answer ended early")
        return b"".join(self._parts)

    def _inflated(self, chunk: bytes) -> bytes:
        try:
            return self._plain.decompress(chunk, MAX_BYTES - self._size + 1)
        except zlib.error as error:
            raise HostilePayload("an answer that says gzip and is none") from error


def _read(response: httpx.Response) -> bytes:
    body = BoundedBody(response.headers.get("content-encoding", "identity"))
    for chunk in response.iter_raw(CHUNK):
        body.take(chunk)
    return body.whole()
