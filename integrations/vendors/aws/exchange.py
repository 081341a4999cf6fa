"""One HTTP exchange with AWS: sent within bounds, its bytes kept as received, before any model touches them."""

import json
import pyexpat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import botocore.httpsession
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from urllib3.exceptions import ProtocolError
from urllib3.exceptions import ReadTimeoutError as PoolReadTimeoutError

from integrations.errors import HostilePayload, SchemaDrift, VendorOutage
from integrations.transport.redaction import Redaction, Unreadable, redact

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 100
CHUNK = 64 * 1024


@dataclass(slots=True, kw_only=True)
class Exchange:
    """What one attempt sent and received. `html` says that the answer is a web page, thus no answer of the service. `body` is as
    received but for what was taken out of it (`removed`, in words); `unreadable` says why it may not be kept at all."""

    started_at: datetime
    finished_at: datetime
    status: int
    body: bytes
    request_id: str = ""
    vendor_time: datetime | None = None
    retry_after: int | None = None
    html: bool = False
    digest: str = ""
    removed: tuple[str, ...] = ()
    unreadable: str = ""


@dataclass(slots=True)
class Received:
    """Bytes already read, in the form botocore's response wants its stream."""

    body: bytes
    closed: bool = field(default=False)

    def stream(self, amt: int = CHUNK, decode_content: bool | None = None) -> Iterator[bytes]:
        """All bytes, in pieces."""
        for start in range(0, len(self.body), amt):
            yield self.body[start : start + amt]

    def read(self, amt: int | None = None) -> bytes:
        """Everything once (streaming outputs)."""
        body, self.body = self.body, b""
        return body

    def close(self) -> None:
        """Nothing is open."""
        self.closed = True


class BoundedTransport:
    """Sends requests and reads at most MAX_BYTES of the answer: the SDK itself would read a page of any size into memory."""

    def __init__(self, connect_seconds: int, read_seconds: int) -> None:
        self._session = botocore.httpsession.URLLib3Session(timeout=(connect_seconds, read_seconds), max_pool_connections=10)

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Raises HostilePayload for an answer beyond the limit; connection errors as botocore's own, so that its retries work."""
        request.stream_output = True
        response = self._session.send(request)
        body = self._read(request, response)
        expected = response.headers.get("content-length")
        if request.method != "HEAD" and expected is not None and expected.isdigit() and int(expected) != len(body):
            raise ConnectionClosedError(error=f"{len(body)} of {expected} bytes came", request=request, endpoint_url=request.url)
        return AWSResponse(response.url, response.status_code, response.headers, Received(body))

    def _read(self, request: AWSPreparedRequest, response: AWSResponse) -> bytes:
        parts, size = [], 0
        try:
            for part in response.raw.stream(CHUNK):
                size += len(part)
                if size > MAX_BYTES:
                    response.raw.close()
                    raise HostilePayload(f"the answer is larger than {MAX_BYTES // 1024 // 1024} MB; it was not read")
                parts.append(part)
        except PoolReadTimeoutError as error:
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except ProtocolError as error:
            raise ConnectionClosedError(error=error, request=request, endpoint_url=request.url) from error
        return b"".join(parts)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()


def received(response: dict[str, Any], started_at: datetime, finished_at: datetime, redaction: Redaction | None = None) -> Exchange:
    """The exchange of botocore's raw response (event before-parse), redacted; what the SDK parses and logs is the redacted body too."""
    headers = response["headers"]
    body = response["body"] if isinstance(response["body"], bytes) else b""
    removed: tuple[str, ...] = ()
    unreadable = ""
    try:
        kept = redact(body, redaction, strict=response["status_code"] < 300)
    except Unreadable as error:
        unreadable = str(error)
    else:
        removed = kept.removed
        if removed:
            body = response["body"] = kept.body
    return Exchange(
        removed=removed,
        unreadable=unreadable,
        started_at=started_at,
        finished_at=finished_at,
        status=response["status_code"],
        body=body,
        request_id=headers.get("x-amzn-requestid") or headers.get("x-amz-request-id") or "",
        vendor_time=_vendor_time(headers.get("date", "")),
        retry_after=int(headers["retry-after"]) if headers.get("retry-after", "").isdigit() else None,
        html=_is_html(headers.get("content-type", ""), body),
    )


def _vendor_time(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def _is_html(content_type: str, body: bytes) -> bool:
    start = body[:200].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return True
    return content_type.startswith("text/html") and not start.startswith((b"<", b"{"))


def refuse_unless_sound(exchange: Exchange, protocol: str, *, bodied: bool) -> None:
    """For a successful answer: raise VendorOutage when it is no answer of the service, HostilePayload when its form attacks
    (duplicate keys, deep nesting, entity declarations), SchemaDrift when it could not be redacted. The SDK would read the first as an
    empty list."""
    if exchange.html:
        raise VendorOutage("AWS answered with a web page instead of data")
    if not exchange.body.strip():
        if bodied and exchange.status != 204:
            raise VendorOutage("AWS answered with nothing where an answer was due")
        return
    if "json" in protocol:
        _refuse_json(exchange.body)
    elif exchange.body.lstrip().startswith(b"<"):  # S3 answers some calls with the bare document that was asked for
        _refuse_xml(exchange.body)
    if exchange.unreadable:
        raise SchemaDrift(f"the answer was not kept, since what must be taken out of it cannot be found: {exchange.unreadable}")


def _refuse_xml(body: bytes) -> None:
    parser, depth = pyexpat.ParserCreate(), [0]

    def opened(_name: str, _attributes: object) -> None:
        depth[0] += 1
        if depth[0] > MAX_DEPTH:
            raise HostilePayload(f"the answer is nested deeper than {MAX_DEPTH}; it was not parsed")

    def closed(_name: str) -> None:
        depth[0] -= 1

    def declared(*_declaration: object) -> None:
        raise HostilePayload("the answer declares a document type or entities; it was not parsed")

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = declared
    try:
        parser.Parse(body, True)
    except pyexpat.ExpatError as error:
        raise VendorOutage(f"AWS answered with broken XML: {error}") from error


def _refuse_json(body: bytes) -> None:
    if not body.lstrip().startswith((b"{", b"[")):
        return  # a plain blob (REST services may answer with one)
    try:
        parsed = json.loads(body, object_pairs_hook=_once)
    except RecursionError as error:
        raise HostilePayload("the answer is nested too deep; it was not parsed") from error
    except json.JSONDecodeError as error:
        raise VendorOutage(f"AWS answered with broken JSON: {error}") from error
    except UnicodeDecodeError as error:
        raise HostilePayload(f"the answer is not UTF-8: {error}") from error
    if _too_deep(parsed):
        raise HostilePayload(f"the answer is nested deeper than {MAX_DEPTH}; it was not used")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known = dict(pairs)
    if len(known) != len(pairs):
        raise HostilePayload("the answer names a key twice in one object; it was not used")
    return known


def _too_deep(value: Any) -> bool:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            return True
        level = [child for each in level for child in (each.values() if isinstance(each, dict) else each) if isinstance(child, dict | list)]
    return False
