"""Streams that a run found as they were: seen again, nothing else. One statement for all of them, whatever their number.

Most looks of an installation find nothing new. What such a look proves is that everything is still as it was, and until when: the run's
line per stream, a longer piece of coverage (or a new one after a gap) and the stream's own clock. What found something goes through
`evidence.services.recording`; both ways write the same rows.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import starmap

import orjson
from django.db import connection

from compliance.tenancy import scope
from compliance.tenancy.uuid7 import uuid7_texts
from evidence.models import Run, Stream
from evidence.readings import Reading
from evidence.services.recording import Difference, is_same

SEE_AGAIN = """
WITH seen AS MATERIALIZED (
  SELECT s.*, t.observed_until AS last, s.at <= t.observed_until + make_interval(secs => s.allowed) AS joins,
         greatest(t.observed_until, s.at) AS until_at
  FROM unnest(%(stream)s::uuid[], %(at)s::timestamptz[], %(allowed)s::int[], %(kind)s::text[], %(completeness)s::text[], %(received)s::int[],
              %(expected)s::int[], %(duplicates)s::int[], %(skips)s::jsonb[], %(faults)s::jsonb[], %(line)s::uuid[], %(piece)s::uuid[])
    AS s(stream, at, allowed, kind, completeness, received, expected, duplicates, skips, faults, line, piece)
  JOIN evidence_stream t ON t.organization_id = %(organization)s AND t.id = s.stream
), present AS MATERIALIZED (
  SELECT seen.*, c.id AS piece_id FROM seen LEFT JOIN LATERAL (
    SELECT id FROM evidence_coverage c WHERE c.organization_id = %(organization)s AND c.stream_id = seen.stream
    ORDER BY c.from_at DESC LIMIT 1
  ) c ON seen.joins
), longer AS (
  UPDATE evidence_coverage c SET until_at = greatest(c.until_at, p.at), runs = c.runs + 1,
    longest_gap_seconds = greatest(c.longest_gap_seconds, trunc(extract(epoch FROM p.at - p.last))::int)
  FROM present p WHERE c.organization_id = %(organization)s AND c.id = p.piece_id
), begun AS (
  INSERT INTO evidence_coverage (id, organization_id, stream_id, from_at, until_at, runs, longest_gap_seconds)
  SELECT piece, %(organization)s, stream, at, at, 1, 0 FROM present WHERE piece_id IS NULL
), line AS (
  INSERT INTO evidence_runstream (id, organization_id, run_id, stream_id, kind, outcome, completeness, received, expected, duplicates,
    changed, gone, faults, skips)
  SELECT line, %(organization)s, %(run)s, stream, kind, 'complete', completeness, received, expected, duplicates, 0, 0, faults, skips FROM seen
)
UPDATE evidence_stream t SET observed_until = s.until_at, stale_at = s.until_at + make_interval(secs => s.allowed), stale_marked = false
FROM seen s WHERE t.organization_id = %(organization)s AND t.id = s.stream
"""


def is_as_before(difference: Difference) -> bool:
    """Whether the run found this stream as it was, read as it was read before: nothing is to be written but that it was seen again.
    A whole look at a stream for which no digest stands goes the long way once, which leaves one."""
    stream, reading = difference.stream, difference.reading
    return (
        reading.complete
        and reading.only is None
        and (reading.mode != "snapshot" or is_same(difference))
        and not difference.fresh
        and not difference.gone
        and stream.observed_until is not None
        and stream.staleness_seconds == reading.staleness_seconds
        and (stream.trouble, stream.completeness, stream.denied) == ("", reading.completeness, sorted(reading.denied))
        and (reading.cursor is None or dict(reading.cursor) == stream.cursor)
    )


def untouched(reading: Reading, stream: Stream) -> Difference | None:
    """The difference of a reading whose source says itself that nothing changed since it was read whole last (`Reading.as_before`);
    None where that cannot be relied upon, because it never was."""
    if not reading.as_before or not reading.complete or stream.observed_until is None:
        return None
    return Difference(stream, reading, received=len(reading.observations))


def _see_again(run: Run, differences: Sequence[Difference]) -> None:
    """Inner step of an action: write that these streams (all `is_as_before`) were seen again by the run."""
    if not differences:
        return
    instants = [_observed_at(run, each) for each in differences]
    rows = starmap(_row, zip(differences, instants, *_keys(len(differences)), strict=True))
    columns = zip(*rows, strict=True)
    names = ("stream", "at", "allowed", "kind", "completeness", "received", "expected", "duplicates", "skips", "faults", "line", "piece")
    given = {name: list(column) for name, column in zip(names, columns, strict=True)}
    with connection.cursor() as cursor:
        cursor.execute(SEE_AGAIN, {**given, "organization": scope.organization_id(), "run": run.pk})


def _keys(number: int) -> tuple[Iterable[str], Iterable[str]]:
    return uuid7_texts(number), uuid7_texts(number)


def _row(difference: Difference, at: datetime, line: str, piece: str) -> tuple:
    reading = difference.reading
    faults = [{"kind": f.kind, "detail": f.detail, "operation": f.operation, "partition": f.partition} for f in reading.faults]
    return (
        str(difference.stream.pk), at, reading.staleness_seconds, reading.kind, reading.completeness, difference.received, reading.expected,
        difference.duplicates, orjson.dumps([list(each) for each in reading.skips]).decode(), orjson.dumps(faults).decode(), line, piece,
    )  # fmt: skip


def _observed_at(run: Run, difference: Difference) -> datetime:
    if difference.reading.as_before:
        return run.observed_at
    return min((each.observed_at for each in difference.reading.observations if each.observed_at is not None), default=run.observed_at)
