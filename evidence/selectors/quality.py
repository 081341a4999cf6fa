"""What evidence says about itself: coverage, last readings, page chains and clocks, per source and stream, in a few set-based looks."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from compliance.tenancy import scope
from evidence.models import Coverage, Record, Run, Source, Stream

LAST_READINGS = """
SELECT DISTINCT ON (s.stream_id) s.stream_id, s.run_id, s.outcome, s.expected, s.received - s.duplicates, s.faults
FROM evidence_runstream s WHERE s.organization_id = %(organization)s AND s.stream_id = ANY(%(streams)s)
ORDER BY s.stream_id, s.id DESC
"""
# In a list every page that announces another is followed by it. Counted per operation, partition and page number, so that lists which
# threads read side by side need no telling apart; refused and retried calls are no pages.
OPEN_LISTS = """
WITH pages AS (
  SELECT run_id, operation, partition, page, count(*) AS calls, count(*) FILTER (WHERE more) AS promising
  FROM evidence_ledgerentry WHERE organization_id = %(organization)s AND run_id = ANY(%(runs)s) AND fault = ''
  GROUP BY run_id, operation, partition, page
)
SELECT DISTINCT p.run_id, p.operation FROM pages p
LEFT JOIN pages n ON n.run_id = p.run_id AND n.operation = p.operation AND n.partition = p.partition AND n.page = p.page + 1
WHERE p.promising > coalesce(n.calls, 0)
"""
OFFSETS = """
SELECT run_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(extract(epoch FROM vendor_time - date_trunc('second', finished_at))))
FROM evidence_ledgerentry
WHERE organization_id = %(organization)s AND run_id = ANY(%(runs)s) AND vendor_time IS NOT NULL GROUP BY run_id
"""
WITH_LEDGER = "SELECT DISTINCT run_id FROM evidence_ledgerentry WHERE organization_id = %(organization)s AND run_id = ANY(%(runs)s)"
NAMES = """
SELECT s.name FROM evidence_subject s JOIN evidence_record r ON r.organization_id = s.organization_id AND r.id = s.record_id
WHERE s.organization_id = %(organization)s AND s.stream_id = %(stream)s AND s.gone_at IS NULL AND s.since <= %(settled)s
  AND (%(field)s = '' OR r.fact::jsonb ->> %(field)s = %(value)s)
"""
SAMPLE = """
SELECT id FROM evidence_record WHERE organization_id = %(organization)s AND id >= %(pivot)s ORDER BY id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class LastReading:
    """What the latest run did for a stream. `received` counts subjects once."""

    run_id: uuid.UUID
    outcome: str
    expected: int | None
    received: int
    faults: tuple[str, ...]


def streams_by_source(sources: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Stream]]:
    """Streams of these sources, by kind."""
    found: dict[uuid.UUID, list[Stream]] = defaultdict(list)
    for stream in Stream.objects.filter(source_id__in=list(sources)).order_by("kind"):
        found[stream.source_id].append(stream)
    return found


def sources_of(ids: Iterable[uuid.UUID]) -> list[Source]:
    """These sources, by vendor and account."""
    return list(Source.objects.filter(pk__in=list(ids)).order_by("vendor", "account"))


def source_of_connection(connection_id: uuid.UUID) -> Source | None:
    """The account that a connection reads, None before its first run."""
    return Source.objects.filter(connection_id=connection_id).order_by("-first_seen_at").first()


def coverage_since(streams: Iterable[uuid.UUID], since: datetime) -> dict[uuid.UUID, list[tuple[datetime, datetime]]]:
    """Pieces of coverage that end after `since`, in order of time."""
    pieces: dict[uuid.UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    rows = Coverage.objects.filter(stream_id__in=list(streams), until_at__gte=since).order_by("from_at")
    for stream_id, start, end in rows.values_list("stream_id", "from_at", "until_at"):
        pieces[stream_id].append((start, end))
    return pieces


def last_readings(streams: Iterable[uuid.UUID]) -> dict[uuid.UUID, LastReading]:
    """The latest reading of each of these streams."""
    rows = _asked(LAST_READINGS, streams=list(streams))
    return {
        stream: LastReading(run, outcome, expected, received, tuple(each["kind"] for each in _json(faults)))
        for stream, run, outcome, expected, received, faults in rows
    }


def open_lists(run_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[str] | None]:
    """By run: operations with a page that announced another which nobody fetched; None where the run's ledger is not kept."""
    ids = list(run_ids)
    found: dict[uuid.UUID, set[str] | None] = dict.fromkeys(ids)
    for (run_id,) in _asked(WITH_LEDGER, runs=ids):
        found[run_id] = set()
    for run_id, operation in _asked(OPEN_LISTS, runs=ids):
        held = found[run_id]
        if held is not None:
            held.add(operation)
    return found


def clock_offsets(run_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, float]:
    """By run: the median distance in seconds between the vendor's Date and our time; absent where the vendor sent none."""
    return {run_id: float(seconds) for run_id, seconds in _asked(OFFSETS, runs=list(run_ids))}


def settled_names(stream: uuid.UUID, settled: datetime, field: str = "", value: str = "") -> set[str]:
    """Names of a stream's present subjects that have not changed since `settled` (of those whose fact says `value` in `field`)."""
    return {name for (name,) in _asked(NAMES, stream=stream, settled=settled, field=field, value=value)}


def records_from(pivots: Iterable[uuid.UUID]) -> list[Record]:
    """For each pivot the first record at or after it: a sample, where pivots are drawn by chance."""
    ids = {row[0] for pivot in pivots for row in _asked(SAMPLE, pivot=pivot)}
    return list(Record.objects.filter(pk__in=ids).select_related("subject").order_by("id"))


def records_named(ids: Iterable[uuid.UUID]) -> list[Record]:
    """These records."""
    return list(Record.objects.filter(pk__in=list(ids)).select_related("subject").order_by("id"))


def first_and_last_record() -> tuple[uuid.UUID, uuid.UUID] | None:
    """The oldest and the newest record, None when nothing was recorded."""
    first = Record.objects.order_by("id").values_list("id", flat=True).first()
    return (first, Record.objects.order_by("-id").values_list("id", flat=True)[0]) if first else None


def last_run_at(vendor: str) -> datetime | None:
    """When the latest run of a vendor was observed."""
    return Run.objects.filter(vendor=vendor).order_by("-id").values_list("observed_at", flat=True).first()


def _asked(statement: str, **parameters: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organization": scope.organization_id(), **parameters})
        return cursor.fetchall()


def _json(faults: Any) -> list[Mapping[str, Any]]:
    return faults if isinstance(faults, list) else json.loads(faults)
