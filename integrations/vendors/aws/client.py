"""The one way to AWS: every call is checked, counted, kept as received, written into the ledger, and its errors named.

`AwsClient.call(operation="iam:ListUsers", region="", parameters={}, kind="account")` yields pages. Operations are named
`service:Operation` with the SDK's service name; `permissions.py` translates them into the permission they need.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import botocore.exceptions
from botocore import xform_name
from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError

from integrations.errors import (
    AuthExpired,
    AuthRevoked,
    CursorExpired,
    Fault,
    HostilePayload,
    Misconfigured,
    NotLicensed,
    PermissionMissing,
    RateLimited,
    SchemaDrift,
    Transient,
    VendorOutage,
)
from integrations.transport.addresses import check_address
from integrations.transport.context import Context
from integrations.transport.ledger import Call
from integrations.transport.log_lines import Concealed
from integrations.vendors.aws import errors
from integrations.vendors.aws.exchange import BoundedTransport, Exchange, received, refuse_unless_sound
from integrations.vendors.aws.paging import next_parameters
from integrations.vendors.aws.readonly import refuse_unless_read
from integrations.vendors.aws.redactions import REDACTIONS
from integrations.vendors.aws.session import CONNECT_SECONDS, READ_SECONDS, AwsSession

HOSTS = (".amazonaws.com", ".amazonaws.com.cn")
CLIENTS_KEPT = 8
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError)  # how the SDK's parsers fail on an answer of another shape
MAX_PAGES = 20_000
COME_BACK = timedelta(seconds=60)
SECRET_ANSWERS = frozenset({"sts:AssumeRole"})  # the answer is a credential: never kept, never hashed


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsPage:
    """One page: `data` is the SDK's parsed answer without its metadata; `digest` addresses the bytes as kept (as received, but for
    what `redactions.py` takes out).
    `absent` holds the error code when the service said that the configuration does not exist (`data` is then empty)."""

    operation: str
    region: str
    data: Mapping[str, Any]
    digest: str
    number: int
    received_at: datetime
    vendor_time: datetime | None = None
    absent: str = ""


@dataclass(slots=True)
class _Turn:
    """What the current thread is doing: botocore's events carry no room for it."""

    operation: str = ""
    region: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    page: int = 1
    started_at: datetime | None = None
    last: Exchange | None = None
    pending: Exchange | None = None


class AwsClient:
    """For one run. Thread-safe. Clients of the SDK are made when needed and the least recently used are dropped."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._turns = threading.local()
        self._clients: OrderedDict[tuple[str, str], BaseClient] = OrderedDict()
        self._lock = threading.Lock()
        self._hosts_seen: set[str] = set()
        self._transport = BoundedTransport(CONNECT_SECONDS, READ_SECONDS)
        self._concealed = Concealed(context.secrets.values())
        self.session = AwsSession(context, self._hook, self._aside)
        self.region = self.session.region
        if self.session.endpoint_url:
            self._check_endpoint(self.session.endpoint_url)

    # -- calling ---------------------------------------------------------------------------------------------------------

    def call(
        self,
        *,
        operation: str,
        region: str = "",
        parameters: Mapping[str, Any] | None = None,
        kind: str = "",
        absent: frozenset[str] | tuple[str, ...] = (),
        rows: str = "",
    ) -> Iterator[AwsPage]:
        """All pages of one operation, following the service's own paging. `region` empty means the home region (global
        services). `absent` adds error codes that mean "not configured" for this call; such an answer is one page with
        `absent` set. `rows` names the list counted in the ledger (default: the first list of the answer). `kind` is where
        odd values are reported. Raises the faults of `integrations.errors`; RegionRefused and NotOffered when the region is
        closed to us; WriteRefused before anything is sent when the operation is no plain read."""
        service, _, name = operation.partition(":")
        refuse_unless_read(service, name)
        where = region or self.region
        codes = frozenset(absent) | errors.ABSENT.get(operation, frozenset())
        token, number, seen = {}, 0, set()
        while True:
            number += 1
            self.context.check_cancelled()
            page, token = self._page(operation, where, {**(parameters or {}), **token}, number, codes, kind, rows)
            yield page
            if not token:
                return
            mark = repr(sorted(token.items()))
            if mark in seen or number >= MAX_PAGES:
                said = f"{operation} offers the same continuation again and again"
                raise errors.EndlessPaging(said, operation=operation, partition=region)
            seen.add(mark)

    def one(self, *, operation: str, region: str = "", parameters: Mapping[str, Any] | None = None, kind: str = "", absent=()) -> AwsPage:
        """The single page of an operation that has no paging (or its first page). Same arguments and faults as `call`."""
        return next(self.call(operation=operation, region=region, parameters=parameters, kind=kind, absent=absent))

    def close(self) -> None:
        """Drop all clients and connections."""
        with self._lock:
            clients = list(self._clients.values())
            self._clients.clear()
        for each in clients:
            each.close()
        self._transport.close()
        self._concealed.close()

    def _page(
        self, operation: str, region: str, parameters: dict[str, Any], number: int, codes: frozenset[str], kind: str, rows: str
    ) -> tuple[AwsPage, dict[str, Any]]:
        service, _, name = operation.partition(":")
        self.context.quota.spend(f"aws:{service}:{region}")
        turn = self._begin(operation, region, parameters, number)
        try:
            client = self._client(service, region)
            data = getattr(client, xform_name(name))(**parameters)
            data.pop("ResponseMetadata", None)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in codes and turn.last is not None and not turn.last.html:
                digest = self._finish(turn, rows=0, more=False)
                return self._made(turn, {}, digest, absent=code), {}
            fault = self._named(error, turn)
            self._finish(turn, fault=fault.kind)
            if isinstance(fault, AuthExpired) and self._renewed():
                return self._page(operation, region, parameters, number, codes, kind, rows)
            raise fault from error
        except (BotoCoreError, RecursionError, ResponseParserError, *UNREADABLE) as error:
            fault = self._broken(error, turn, service)
            self._finish(turn, fault=fault.kind)
            raise fault from error
        except Fault as fault:
            fault.operation, fault.partition = fault.operation or operation, fault.partition or region
            self._finish(turn, fault=fault.kind)
            if isinstance(fault, Transient) and not self.session.offers(service, region):
                raise self._not_offered(turn, service) from fault
            raise
        data = self._clean(data, turn, kind)
        token = next_parameters(self.session.loader, service, client.meta.service_model.operation_model(name), data)
        digest = self._finish(turn, rows=_count(data, rows), more=bool(token))
        return self._made(turn, data, digest), token

    def _made(self, turn: _Turn, data: Mapping[str, Any], digest: str, absent: str = "") -> AwsPage:
        exchange = turn.last
        received_at = exchange.finished_at if exchange else self.context.now()
        return AwsPage(
            operation=turn.operation,
            region=turn.region,
            data=data,
            digest=digest,
            number=turn.page,
            received_at=received_at,
            vendor_time=exchange.vendor_time if exchange else None,
            absent=absent,
        )

    def _clean(self, data: dict[str, Any], turn: _Turn, kind: str) -> dict[str, Any]:
        body = turn.last.body if turn.last else b""
        if b"\\u0000" not in body and b"\x00" not in body and b"&#0;" not in body:
            return data
        if kind:
            self.context.fault(kind, SchemaDrift("a text holds a NUL character; it was left out", operation=turn.operation))
        return _without_nul(data)

    # -- the SDK's clients and their events ------------------------------------------------------------------------------

    def _client(self, service: str, region: str) -> BaseClient:
        with self._lock:
            client = self._clients.get((service, region))
            if client is not None:
                self._clients.move_to_end((service, region))
                return client
        client = self.session.client(service, region)
        with self._lock:
            client = self._clients.setdefault((service, region), client)
            while len(self._clients) > CLIENTS_KEPT:
                self._clients.popitem(last=False)  # a thread may still be using it: it is collected when that call ends
        return client

    def _hook(self, client: BaseClient) -> None:
        events = client.meta.events
        service = client.meta.service_model.service_name
        events.register_first("before-call", lambda model, params, **_: self._before_call(service, model.name, params))
        events.register_first("before-send", self._send)
        events.register_first("before-parse", self._before_parse)

    def _before_call(self, service: str, operation: str, params: dict[str, Any]) -> None:
        refuse_unless_read(service, operation)
        if self.session.endpoint_url:  # undo host prefixes (account id of s3control): one local address serves everything
            own, made = urlsplit(self.session.endpoint_url), urlsplit(params["url"])
            params["url"] = urlunsplit((own.scheme, own.netloc, made.path, made.query, made.fragment))

    def _send(self, request: Any, **_: Any) -> Any:
        turn = self._turn()
        self._check_host(request.url)
        if turn.pending is not None:  # an earlier attempt that the SDK retries
            self._record(turn, turn.pending, fault="retried")
            turn.pending = None
        turn.started_at = self.context.now()
        return self._transport.send(request)

    def _before_parse(self, operation_model: OperationModel, response_dict: dict[str, Any], **_: Any) -> None:
        turn = self._turn()
        now = self.context.now()
        exchange = received(response_dict, turn.started_at or now, now, REDACTIONS.get(turn.operation))
        turn.last = turn.pending = exchange
        if exchange.status < 300:
            refuse_unless_sound(exchange, operation_model.service_model.resolved_protocol, bodied=_has_body(operation_model))

    def _turn(self) -> _Turn:
        turn = getattr(self._turns, "turn", None)
        if turn is None:
            turn = self._turns.turn = _Turn()
        return turn

    def _begin(self, operation: str, region: str, parameters: Mapping[str, Any], number: int) -> _Turn:
        turn = self._turns.turn = _Turn(operation=operation, region=region, parameters=parameters, page=number)
        return turn

    @contextmanager
    def _aside(self, operation: str, parameters: Mapping[str, Any]) -> Iterator[None]:
        """A call made by the session itself (taking the role) while another one waits for it: its own ledger line."""
        outer = self._turn()
        turn = self._begin(operation, self.region, parameters, 1)
        try:
            yield
        except ClientError as error:
            fault = _of_role(self._named(error, turn))
            self._finish(turn, fault=fault.kind)
            raise fault from error
        except BotoCoreError as error:
            fault = self._broken(error, turn, "sts")
            self._finish(turn, fault=fault.kind)
            raise fault from error
        else:
            self._finish(turn)
        finally:
            self._turns.turn = outer

    # -- the ledger ------------------------------------------------------------------------------------------------------

    def _finish(self, turn: _Turn, *, rows: int | None = None, more: bool = False, fault: str = "") -> str:
        exchange, turn.pending = turn.pending, None
        if exchange is None:
            now = self.context.now()
            exchange = Exchange(started_at=turn.started_at or now, finished_at=now, status=0, body=b"")
        return self._record(turn, exchange, rows=rows, more=more, fault=fault)

    def _record(self, turn: _Turn, exchange: Exchange, *, rows: int | None = None, more: bool = False, fault: str = "") -> str:
        keep = exchange.status > 0 and turn.operation not in SECRET_ANSWERS and not exchange.unreadable
        exchange.digest = self.context.spool.put(exchange.body, exchange.removed) if keep else ""
        self.context.ledger.add(
            Call(
                operation=turn.operation,
                parameters={name: str(value) if isinstance(value, bytes | datetime) else value for name, value in turn.parameters.items()},
                partition=turn.region,
                page=turn.page,
                rows=rows,
                more=more,
                status=exchange.status,
                started_at=exchange.started_at,
                finished_at=exchange.finished_at,
                vendor_time=exchange.vendor_time,
                request_id=exchange.request_id,
                sha256=exchange.digest,
                size=len(exchange.body),
                fault=fault,
            )
        )
        return exchange.digest

    # -- addresses -------------------------------------------------------------------------------------------------------

    def _check_endpoint(self, url: str) -> None:
        host = urlsplit(url).hostname or ""
        if host.endswith(HOSTS):
            check_address(url, hosts=HOSTS, allow=self.context.allow)
        else:  # asked as plain http, which only an address that the operator allows may use
            check_address(urlsplit(url)._replace(scheme="http").geturl(), hosts=(host,), allow=self.context.allow)

    def _check_host(self, url: str) -> None:
        parts = urlsplit(url)
        place = f"{parts.scheme}://{parts.netloc}"
        if place in self._hosts_seen:
            return
        own = urlsplit(self.session.endpoint_url).hostname if self.session.endpoint_url else None
        check_address(place, hosts=(own,) if own else HOSTS, allow=self.context.allow)
        self._hosts_seen.add(place)

    # -- errors ----------------------------------------------------------------------------------------------------------

    def _renewed(self) -> bool:
        if getattr(self._turns, "renewed", False) or not self.session.renew():
            return False
        self._turns.renewed = True
        with self._lock:
            self._clients.clear()
        return True

    def _named(self, error: ClientError, turn: _Turn) -> Fault:
        detail = error.response.get("Error", {})
        code, message = str(detail.get("Code", "")), str(detail.get("Message", ""))
        return fault_of(code, message, turn.last, operation=turn.operation, partition=turn.region, now=self.context.now())

    def _not_offered(self, turn: _Turn, service: str) -> Fault:
        said = f"AWS does not offer {service} in {turn.region}"
        return errors.NotOffered(said, operation=turn.operation, partition=turn.region)

    def _broken(self, error: Exception, turn: _Turn, service: str) -> Fault:
        where = {"operation": turn.operation, "partition": turn.region}
        if isinstance(error, RecursionError):
            return HostilePayload("the answer is nested too deep; it was not parsed", **where)
        if isinstance(error, ResponseParserError):
            return VendorOutage(f"AWS answered with something that is no answer of the service: {error}", **where)
        if isinstance(error, UNREADABLE) and not isinstance(error, BotoCoreError):
            return SchemaDrift(f"the answer is not as AWS documents it: {type(error).__name__} {error}", **where)
        if isinstance(error, botocore.exceptions.EndpointConnectionError) and not self.session.offers(service, turn.region):
            return self._not_offered(turn, service)
        if isinstance(error, botocore.exceptions.HTTPClientError | botocore.exceptions.ConnectionError):
            return Transient(f"the connection to AWS failed: {error}", **where)
        if isinstance(error, botocore.exceptions.NoCredentialsError | botocore.exceptions.PartialCredentialsError):
            return AuthRevoked("no credentials were found; set a role, an access key, or what the AWS tools look for", **where)
        if isinstance(error, botocore.exceptions.CredentialRetrievalError | botocore.exceptions.TokenRetrievalError):
            return AuthExpired(f"the credentials could not be obtained: {error}", **where)
        return Misconfigured(f"the SDK refused the call: {error}", **where)


def fault_of(code: str, message: str, exchange: Exchange | None, *, operation: str, partition: str, now: datetime) -> Fault:
    """The fault that an AWS error code means. An answer that is a web page is an outage, whatever its status."""
    where = {"operation": operation, "partition": partition}
    status = exchange.status if exchange else 0
    said = f"{operation} answered {code}: {message}"
    if exchange is not None and exchange.html:
        return VendorOutage(f"AWS answered {operation} with a web page (status {status})", **where)
    if code in errors.RATE_LIMITED or status == 429:
        wait = timedelta(seconds=exchange.retry_after) if exchange is not None and exchange.retry_after is not None else COME_BACK
        return RateLimited(said, retry_at=now + wait, **where)
    if code in errors.AUTH_EXPIRED:
        return AuthExpired(said, **where)
    if code in errors.AUTH_REVOKED:
        return AuthRevoked(said, **where)
    if code in errors.PERMISSION_MISSING:
        if errors.is_service_control_policy(message):
            return errors.RegionRefused(f"refused by the organization's service control policy: {message}", **where)
        return PermissionMissing(said, **where)
    if code in errors.NOT_LICENSED:
        return NotLicensed(said, **where)
    if code in errors.CURSOR_EXPIRED:
        return CursorExpired(said, **where)
    if code in errors.TRANSIENT:
        return Transient(said, **where)
    if status >= 500:
        return VendorOutage(said, **where)
    if status in (401, 403):
        return PermissionMissing(said, **where)
    return SchemaDrift(f"unexpected answer: {said}", **where)


def _has_body(model: OperationModel) -> bool:
    """Whether the operation's answer says anything in its body (by its model), so that an empty one is no answer."""
    members = model.output_shape.members if model.output_shape is not None else {}
    return any(shape.serialization.get("location") not in ("header", "headers", "statusCode") for shape in members.values())


def _of_role(fault: Fault) -> Fault:
    if isinstance(fault, PermissionMissing):
        return AuthRevoked(f"the role cannot be assumed: {fault.detail}", operation=fault.operation, partition=fault.partition)
    return fault


def _count(data: Mapping[str, Any], rows: str) -> int | None:
    if rows:
        found = data.get(rows)
        return len(found) if isinstance(found, list) else None
    return next((len(value) for value in data.values() if isinstance(value, list)), None)


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_nul(each) for each in value]
    if isinstance(value, dict):
        return {name: _without_nul(each) for name, each in value.items()}
    return value
