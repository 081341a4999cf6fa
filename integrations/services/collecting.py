"""One collection run: take the lease, read what is demanded, hand the readings to evidence. Nothing is judged here.

No database transaction is open while a vendor is called.
"""

import contextlib
import random
import socket
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection as database
from redis import Redis

from compliance.trail.action import action
from compliance.trail.actor import SYSTEM, Actor
from compliance.trail.names import ActionName
from evidence.readings import CallMade, FaultSeen
from evidence.selectors.demand import demanded_kinds, demanded_since
from evidence.selectors.sources import account_of
from evidence.selectors.streams import cursors_of
from evidence.services.runs import Account, end_run, record_run, start_run
from integrations.errors import Fault, RateLimited
from integrations.models import Connection, Due
from integrations.registry import load_connector
from integrations.services.credentials import renewing, reveal_secrets
from integrations.services.leases import Progress, heartbeat, release_lease, take_lease
from integrations.transport.closing import closed_afterwards
from integrations.transport.context import Context
from integrations.transport.ledger import Call, Ledger
from integrations.transport.redis_quota import RedisQuota
from integrations.transport.spool import Spool
from integrations.transport.streams import read_streams

if TYPE_CHECKING:
    from evidence.models import Run

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))


@dataclass(slots=True)
class Collected:
    """What a run came to."""

    run: "Run"
    recorded: bool = False
    fault: Fault | None = None
    changed: int = 0
    faults: list[FaultSeen] = field(default_factory=list)


def collect(
    connection_id: uuid.UUID,
    *,
    actor: Actor = SYSTEM,
    clock: Callable[[], datetime] | None = None,
    beat: bool = True,
    kinds: frozenset[str] | None = None,
    due_by: datetime | None = None,
) -> Collected | None:
    """Run one connection now. None when another worker holds it, it is not to be read, or not due by `due_by`. `clock` simulates our
    clock (demo only); `kinds` narrows what is read."""
    worker = f"{socket.gethostname()}:{uuid.uuid4().hex[:12]}"
    due = take_lease(connection_id, worker, due_by=due_by)
    if due is None:
        return None
    connection = Connection.objects.get(pk=connection_id)
    now = clock or (lambda: datetime.now(UTC))
    attempts, next_run = 0, now() + timedelta(minutes=connection.cadence_minutes)
    regular = next_run
    try:
        if connection.state != "active":
            return None
        collected = _run(connection, due, worker, actor, now, beat, kinds)
        attempts, next_run = _next(connection, collected, due, now())
        regular = next_run
        if due.targets:  # what an event named was read; everything is due when it was due before
            regular = due.regular_at or now()
            next_run = min(next_run, regular)
        return collected
    finally:
        release_lease(due, worker, next_run_at=next_run, regular_at=regular, attempts=attempts)


def _run(
    connection: Connection, due: Due, worker: str, actor: Actor, now: Callable[[], datetime], beat: bool, only_kinds: frozenset[str] | None
) -> Collected:
    connector_class = load_connector(connection.vendor)
    kinds = frozenset(demanded_kinds(connection.vendor)) & {stream.kind for stream in connector_class.STREAMS}
    targets = {kind: frozenset(subjects) for kind, subjects in due.targets.items() if kind in kinds}
    kinds = frozenset(targets) if targets else kinds & (only_kinds if only_kinds is not None else kinds)
    run = start_run(
        actor=actor, connection_id=connection.pk, vendor=connection.vendor, connector_version=connector_class.VERSION, kinds=sorted(kinds),
        started_by=due.asked_by or "schedule", now=now(),
    )  # fmt: skip
    progress = Progress()
    with Spool() as spool, heartbeat(connection.pk, worker, progress) if beat else contextlib.nullcontext():
        context = context_for(connection, kinds, spool, progress, now, {kind: named for kind, named in targets.items() if named})
        # Between here and recording no transaction is open: a vendor may be slow, and must not hold a database session.
        if beat:
            database.close_if_unusable_or_obsolete()
        with closed_afterwards(connector_class()) as connector:
            try:
                identity = connector.identify(context)
            except Fault as fault:
                calls = calls_made(context.ledger.calls())
                end_run(actor=actor, run=run, now=now(), outcome="failed", fault_kind=fault.kind, fault=fault.detail, calls=calls)
                return Collected(run, fault=fault)
            readings, fault = read_streams(connector, context, progress, connection.cadence_minutes)
        account = Account(identity.account, identity.account_name, identity.principal)
        recorded = record_run(
            actor=actor,
            run=run,
            account=account,
            readings=readings,
            calls=calls_made(context.ledger.calls()),
            read_page=spool.get,
            now=now(),
        )
    remember_source(connection, run, actor)
    if fault is not None:
        run.fault_kind, run.fault = fault.kind, fault.detail
    return Collected(
        run, recorded=True, fault=fault, changed=sum(each.changed + each.gone for each in recorded),
        faults=[each for reading in readings for each in reading.faults],
    )  # fmt: skip


def remember_source(connection: Connection, run: "Run", actor: Actor) -> None:
    """Keep which account a connection reads, so that the next run goes on where this one ended."""
    if connection.source_id == run.source_id:
        return
    with action(ActionName.CONNECTION_CHANGED, actor=actor, subject=connection, detail={"source": str(run.source_id)}):
        Connection.objects.filter(pk=connection.pk).update(source_id=run.source_id)
        connection.source_id = run.source_id


def calls_made(calls: Sequence[Call]) -> list[CallMade]:
    """The ledger in evidence's own words."""
    return [
        CallMade(
            operation=c.operation, parameters=c.parameters, partition=c.partition, page=c.page, rows=c.rows, total=c.total, more=c.more,
            status=c.status, started_at=c.started_at, finished_at=c.finished_at, vendor_time=c.vendor_time,
            request_id=c.request_id.replace("\x00", ""), sha256=c.sha256, size=c.size, quota_limit=c.quota_limit,
            quota_remaining=c.quota_remaining, not_modified=c.not_modified, fault=c.fault.replace("\x00", ""),
        )
        for c in calls
    ]  # fmt: skip


def context_for(
    connection: Connection, kinds: frozenset[str], spool: Spool, progress: Progress, now: Callable[[], datetime],
    targets: Mapping[str, frozenset[str]],
) -> Context:  # fmt: skip
    """What a connector is given for one run of this connection, secrets decrypted."""

    def told(_call: Call) -> None:
        progress.calls += 1

    plain = {**connection.settings, **({"external_id": connection.external_id} if connection.external_id else {})}
    return Context(
        settings=plain, secrets=reveal_secrets(connection), kinds=kinds, spool=spool, ledger=Ledger(told), quota=_quota(connection, now),
        allow=settings.CONFIGURATION.outgoing_allow, clock=now, only=targets, is_cancelled=progress.cancelled.is_set,
        cursors=cursors_of(connection.source_id) if connection.source_id else {}, since=demanded_since(connection.vendor),
        renew=renewing(connection, allow=settings.CONFIGURATION.outgoing_allow, clock=now),
    )  # fmt: skip


def _quota(connection: Connection, now: Callable[[], datetime]) -> RedisQuota:
    """The share that all workers have of this account's quota; by connection until the account is known."""
    source = account_of(connection.source_id) if connection.source_id else None
    return RedisQuota(_redis(settings.CONFIGURATION.redis_url), connection.vendor, source or str(connection.pk), clock=now)


@lru_cache(maxsize=2)
def _redis(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)


def _next(connection: Connection, collected: Collected, due: Due, now: datetime) -> tuple[int, datetime]:
    """(attempts, instant of the next run) by what went wrong; jitter keeps many connections from knocking together."""
    cadence = timedelta(minutes=connection.cadence_minutes)
    jitter = cadence * random.uniform(0, 0.1)
    if isinstance(collected.fault, RateLimited):
        return due.attempts, max(now, collected.fault.retry_at) + timedelta(seconds=random.uniform(0, 30))
    waiting = [each for each in collected.faults if each.kind in ("transient", "vendor_outage", "rate_limited", "quota_share_reached")]
    if waiting or (collected.fault is not None and collected.fault.retry):
        attempts = due.attempts + 1
        return attempts, now + min(BACK_OFF[min(attempts, len(BACK_OFF)) - 1], cadence)
    return 0, now + cadence + jitter


def due_connections(at: datetime) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
    """(organization, connection) of everything that is due; asked without a scope, by the tick."""
    with database.cursor() as cursor:
        cursor.execute("SELECT organization_id, connection_id FROM plumbline_due_connections(%s)", [at])
        yield from cursor.fetchall()
