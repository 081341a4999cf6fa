"""Everything that was recorded of a stream, subject after subject, through a cursor of the server: memory does not grow with the stream."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import orjson
from django.db import connection

from compliance.tenancy import scope
from evidence.models import Coverage, Record, RunStream, Stream
from evidence.populations.rows import Change, History

AT_ONCE = 2000
MOST_CHANGES = 100_000
WALK = """
SELECT s.id::text, s.key, s.name, r.id::text, r.observed_at, r.fact
FROM evidence_subject s JOIN evidence_record r ON r.organization_id = s.organization_id AND r.subject_id = s.id
WHERE s.organization_id = %s AND s.stream_id = %s AND r.observed_at <= %s
ORDER BY s.id, r.observed_at, r.id
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
