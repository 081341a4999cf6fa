"""The life of a collection run: started, recorded, evaluated, ended. Each step is one action."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from compliance.tenancy import scope
from compliance.tenancy.staging import stage
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from evidence.models import Run, Source, Stream
from evidence.readings import CallMade, Reading
from evidence.services.recording import Difference, Recorded, _record, _source_of, _streams_of, find_differences, keep_pages, pages_needed
from evidence.services.resighting import _see_again, is_as_before, untouched
from evidence.services.run_statements import _state_run

STAGED_CALL = (
    "number int, operation text, parameters text, partition text, page int, rows int, total int, more boolean, status smallint, "
    "started_at timestamptz, finished_at timestamptz, vendor_time timestamptz, request_id text, sha256 text, size bigint, quota_limit int, "
    "quota_remaining int, not_modified boolean, fault text"
)
WRITE_CALLS = """
INSERT INTO evidence_ledgerentry (id, organization_id, run_id, number, operation, parameters, partition, page, rows, total, more, status,
  started_at, finished_at, vendor_time, request_id, sha256, size, quota_limit, quota_remaining, not_modified, fault)
SELECT uuidv7(), %s, %s, number, operation, parameters::jsonb, partition, page, rows, total, more, status, started_at, finished_at,
  vendor_time, request_id, sha256, size, quota_limit, quota_remaining, not_modified, fault FROM staged_call
"""


@dataclass(frozen=True, slots=True)
class Account:
    """The account as the vendor reports it, and the identity that was used to read it."""

    account: str
    account_name: str
    principal: str


def start_run(
    *, actor: Actor, connection_id: uuid.UUID, vendor: str, connector_version: str, kinds: Sequence[str], started_by: str, now: datetime
) -> Run:
    """Open a run before the first call is made."""
    with action(ActionName.RUN_STARTED, actor=actor, detail={"connection": str(connection_id), "vendor": vendor}):
        return Run.objects.create(
            connection_id=connection_id,
            vendor=vendor,
            connector_version=connector_version,
            kinds=sorted(kinds),
            started_by=started_by,
            started_at=now,
        )


def record_run(
    *,
    actor: Actor,
    run: Run,
    account: Account,
    readings: Sequence[Reading],
    calls: Sequence[CallMade],
    read_page: Callable[[str], bytes],
    now: datetime,
) -> list[Recorded]:
    """Record everything a run read: first the differences are found (read only), then the raw pages they need move into the store
    (no transaction is open), then one action writes. `now` is our clock when reading ended."""
    source, streams = _prepare(actor, run, account, readings, now)
    again, others = _differences(readings, streams)
    pages = keep_pages(pages_needed(others), read_page)
    run.observed_at = now
    before = {kind: _sight(stream, now) for kind, stream in streams.items()}
    with action(ActionName.RUN_RECORDED, actor=actor, subject=run):
        recorded = _record(run, others, pages)
        _see_again(run, again)
        recorded += [Recorded(each.reading.kind, each.received, 0, 0) for each in again]
        _write_calls(run, calls)
        run.source = source
        run.principal = account.principal[:300]
        run.state = "recorded"
        run.outcome = _outcome(readings)
        run.calls = len(calls)
        run.rows = sum(each.received for each in recorded)
        run.changed = sum(each.changed for each in recorded)
        run.gone = sum(each.gone for each in recorded)
        run.save()
        _state_run(run, source, readings, recorded, calls, now)
    seen_again = {each.stream.kind for each in again}  # a stream that was stale is seen now, which is news
    run.news = frozenset(
        kind for kind, stream in streams.items() if (before[kind].stale if kind in seen_again else before[kind] != _sight(stream, now))
    )
    return recorded


def end_run(
    *, actor: Actor, run: Run, now: datetime, outcome: str = "", fault_kind: str = "", fault: str = "", calls: Sequence[CallMade] = ()
) -> None:
    """Close a run: after evaluation, or because nothing could be read (then with the fault)."""
    with action(ActionName.RUN_ENDED, actor=actor, subject=run, detail={"outcome": outcome or run.outcome}):
        unread = run.state == "running"
        if calls and unread:
            _write_calls(run, calls)
            run.calls = len(calls)
        run.state = "ended"
        run.ended_at = now
        run.outcome = outcome or run.outcome or "failed"
        run.fault_kind = fault_kind or run.fault_kind
        run.fault = (fault or run.fault)[:2000]
        run.save()
        if unread:  # what was recorded has its statement already
            _state_run(run, None, (), (), calls, now)


def mark_evaluated(run: Run) -> None:
    """Inner step of the evaluation's action: what this run recorded has been judged."""
    Run.objects.filter(pk=run.pk).update(state="evaluated")
    run.state = "evaluated"


class _Sight(NamedTuple):
    """How well a stream is seen, as far as a check's state depends on it."""

    stale: bool
    never: bool
    completeness: str
    trouble: str
    trouble_detail: str
    denied: tuple[str, ...]


def _sight(stream: Stream, now: datetime) -> _Sight:
    stale = stream.stale_marked or (stream.stale_at is not None and stream.stale_at <= now)
    never = stream.observed_until is None
    return _Sight(stale, never, stream.completeness, stream.trouble, stream.trouble_detail, tuple(sorted(stream.denied)))


def _differences(readings: Sequence[Reading], streams: dict[str, Stream]) -> tuple[list[Difference], list[Difference]]:
    """(of streams that are as before, of all others)."""
    said = [untouched(reading, streams[reading.kind]) for reading in readings]
    compared = [reading for reading, known in zip(readings, said, strict=True) if known is None]
    found = [each for each in said if each is not None]
    if compared or not readings:
        found += find_differences(compared, streams)
    again = [each for each in found if is_as_before(each)]
    return again, [each for each in found if not is_as_before(each)]


def _prepare(actor: Actor, run: Run, account: Account, readings: Sequence[Reading], now: datetime) -> tuple[Source, dict]:
    """The source and its streams. They are the same as in the last run nearly always, and then nothing is written."""
    source = Source.objects.filter(vendor=run.vendor, account=account.account).first()
    if source is not None and (source.account_name, source.connection_id) == (account.account_name, run.connection_id):
        streams = {stream.kind: stream for stream in Stream.objects.filter(source=source)}
        if all(reading.kind in streams for reading in readings):
            return source, streams
    with action(ActionName.RUN_STARTED, actor=actor, subject=run, detail={"account": account.account}):
        source = _source_of(
            vendor=run.vendor, account=account.account, account_name=account.account_name, connection_id=run.connection_id, now=now
        )
        return source, _streams_of(source, readings)


def _outcome(readings: Sequence[Reading]) -> str:
    if all(reading.complete or _not_offered(reading) for reading in readings):
        return "complete"
    return "partial" if any(reading.complete or reading.observations for reading in readings) else "failed"


def _not_offered(reading: Reading) -> bool:
    """The vendor's plan does not have this stream: nothing was left unread that could be read."""
    return bool(reading.faults) and all(fault.kind == "not_licensed" for fault in reading.faults)


def _write_calls(run: Run, calls: Sequence[CallMade]) -> None:
    if not calls:
        return
    rows = (
        (
            number, call.operation[:200], _json(call.parameters), call.partition[:200], call.page, call.rows, call.total, call.more,
            call.status, call.started_at, call.finished_at, call.vendor_time, call.request_id[:120], call.sha256, call.size,
            call.quota_limit, call.quota_remaining, call.not_modified, call.fault[:300],
        )
        for number, call in enumerate(calls, start=1)
    )  # fmt: skip
    stage("staged_call", STAGED_CALL, rows)
    with connection.cursor() as cursor:
        cursor.execute(WRITE_CALLS, [scope.organization_id(), run.pk])


def _json(parameters: Mapping[str, object]) -> str:
    return json.dumps(dict(parameters), sort_keys=True, default=str).replace("\\u0000", "")  # jsonb refuses NUL
