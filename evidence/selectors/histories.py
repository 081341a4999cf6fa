"""Everything that was recorded of a stream, subject after subject, through a cursor of the server: memory does not grow with the stream."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import orjson
from django.db import connection

from compliance.tenancy import scope
from evidence.models import Coverage, Record, RunStream, Source, Stream, Subject
from evidence.populations.rows import Change, History

AT_ONCE = 2000
MOST_CHANGES = 100_000
WALK = """
SELECT s.id::text, s.key, s.name, r.id::text, r.observed_at, r.fact
FROM evidence_subject s JOIN evidence_record r ON r.organization_id = s.organization_id AND r.subject_id = s.id
WHERE s.organization_id = %s AND s.stream_id = %s AND r.observed_at <= %s
ORDER BY s.id, r.observed_at, r.id
"""
LATEST = """
SELECT l.fact FROM evidence_subject s
JOIN LATERAL (
  SELECT r.fact FROM evidence_record r
  WHERE r.organization_id = s.organization_id AND r.subject_id = s.id AND r.observed_at <= %s AND r.fact IS NOT NULL
  ORDER BY r.observed_at DESC, r.id DESC LIMIT 1
) l ON true
WHERE s.organization_id = %s AND s.stream_id = ANY (%s)
"""
HELD = """
SELECT count(*) FROM evidence_subject s
JOIN LATERAL (
  SELECT r.gone FROM evidence_record r WHERE r.organization_id = s.organization_id AND r.subject_id = s.id AND r.observed_at <= %s
  ORDER BY r.observed_at DESC, r.id DESC LIMIT 1
) l ON NOT l.gone
WHERE s.organization_id = %s AND s.stream_id = %s
"""
OPERATIONS = """
SELECT DISTINCT c.operation FROM (
  SELECT r.run_id, r.pages FROM evidence_subject s
  JOIN evidence_record r ON r.organization_id = s.organization_id AND r.subject_id = s.id
  WHERE s.organization_id = %(organization)s AND s.stream_id = %(stream)s AND r.pages <> '' ORDER BY s.since DESC LIMIT 200
) p CROSS JOIN LATERAL unnest(string_to_array(p.pages, ' ')) AS each(digest)
JOIN evidence_ledgerentry c ON c.organization_id = %(organization)s AND c.run_id = p.run_id AND c.sha256 = each.digest
"""
CALLS = """
SELECT operation, count(*), coalesce(sum(rows), 0), max(page), max(total), bool_or(fault <> ''),
       (array_agg(DISTINCT parameters::text))[1:3], count(DISTINCT parameters::text), count(*) FILTER (WHERE more), min(vendor_time),
       max(vendor_time), count(DISTINCT partition)
FROM evidence_ledgerentry WHERE organization_id = %(organization)s AND run_id = %(run)s AND (%(all)s OR operation = ANY (%(operations)s))
GROUP BY operation ORDER BY operation
"""


class TooManyChanges(ValueError):
    """One subject has more records than any real one would: it is not held in memory."""


def histories_of(stream_id: uuid.UUID, known_at: datetime, seen_from: datetime | None = None) -> Iterator[History]:
    """The histories of a stream's subjects as known at an instant. Must be read inside a transaction (`compliance.tenancy.reading`).
    Raises TooManyChanges."""
    with connection.chunked_cursor() as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(WALK, [scope.organization_id(), stream_id, known_at])
        for subject_id, rows in groupby(cursor, itemgetter(0)):
            changes: list[Change] = []
            key = name = ""
            for _subject, key, name, record_id, at, fact in rows:  # noqa: B007 - every row of a subject has the same
                changes.append(Change(record_id, at, orjson.loads(fact) if fact else None))
                if len(changes) > MOST_CHANGES:
                    raise TooManyChanges(f"{key[:200]} has more than {MOST_CHANGES:,} records")
            yield History(subject_id, key, name, changes, seen_from)


def records_in(stream_ids: list[uuid.UUID], at_most: int) -> int:
    """How many records these streams have, counted no further than `at_most`."""
    return Record.objects.filter(subject__stream_id__in=stream_ids).values("pk")[:at_most].count()


def coverage_pieces(stream_id: uuid.UUID) -> list[tuple[datetime, datetime]]:
    """Pieces of a stream's coverage in order of time."""
    return list(Coverage.objects.filter(stream_id=stream_id).order_by("from_at").values_list("from_at", "until_at"))


def readings_between(stream_id: uuid.UUID, from_at: datetime, until_at: datetime) -> list[RunStream]:
    """What runs of the period did for a stream, oldest first, with their runs."""
    found = RunStream.objects.filter(stream_id=stream_id, run__observed_at__gte=from_at, run__observed_at__lt=until_at)
    return list(found.select_related("run").order_by("run__observed_at", "id"))


def streams_feeding(kinds: list[str], source_id: uuid.UUID | None) -> list[Stream]:
    """Streams of these kinds that were ever read, of one source or of all."""
    found = Stream.objects.filter(kind__in=kinds, **({"source_id": source_id} if source_id else {}))
    return list(found.select_related("source").order_by("vendor", "source__account", "kind"))


def latest_facts(kind: str, known_at: datetime) -> Iterator[dict]:
    """The last fact of every subject of a kind as known at an instant, those that are gone included. Inside a transaction."""
    streams = list(Stream.objects.filter(kind=kind).values_list("pk", flat=True))
    if not streams:
        return
    with connection.chunked_cursor() as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(LATEST, [known_at, scope.organization_id(), streams])
        for (fact,) in cursor:
            yield orjson.loads(fact)


def sources_by_kind() -> dict[str, list[Source]]:
    """Which accounts give facts of each kind."""
    found: dict[str, list[Source]] = {}
    for stream in Stream.objects.select_related("source").order_by("vendor", "source__account"):
        found.setdefault(stream.kind, []).append(stream.source)
    return found


def is_read(kind: str) -> bool:
    """Whether any source gives facts of that kind."""
    return Stream.objects.filter(kind=kind).exists()


def held_at(stream_id: uuid.UUID, at: datetime) -> int:
    """How many subjects of a stream were there at an instant, by the records."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [at, scope.organization_id(), stream_id])
        return cursor.fetchone()[0]


@dataclass(frozen=True, slots=True)
class CallsMade:
    """All calls of one operation in one run. `parameters`: up to three different ones as JSON text, of `different`. `announced`: pages
    that announced another one. `total`: the largest that the vendor named itself."""

    operation: str
    calls: int
    rows: int
    pages: int
    total: int | None
    faulty: bool
    parameters: list[str]
    different: int
    announced: int
    vendor_first: datetime | None
    vendor_last: datetime | None
    partitions: int


def operations_of(stream_id: uuid.UUID) -> list[str]:
    """The operations whose answers the latest records of a stream were made from."""
    with connection.cursor() as cursor:
        cursor.execute(OPERATIONS, {"organization": scope.organization_id(), "stream": stream_id})
        return sorted(row[0] for row in cursor.fetchall())


def calls_made(run_id: uuid.UUID, operations: list[str]) -> list[CallsMade]:
    """The ledger of a run by operation; of all its operations when none is named."""
    with connection.cursor() as cursor:
        cursor.execute(CALLS, {"organization": scope.organization_id(), "run": run_id, "all": not operations, "operations": operations})
        return [CallsMade(*row) for row in cursor.fetchall()]


def record_place(record_id: uuid.UUID) -> Subject | None:
    """The subject of a record, None when there is no such record."""
    record = Record.objects.select_related("subject").filter(pk=record_id).first()
    return record.subject if record else None
