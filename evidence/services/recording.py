"""Recording what a run observed: set-based, and by change only.

Digests travel first: of 100,000 unchanged facts only 100,000 short digests go to the database and not one row is written. Cost and
storage grow with change, not with polling. Nothing is marked gone and no coverage grows unless the stream was read whole.
"""

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from compliance.seal.canonical import canonical_bytes, fact_bytes
from compliance.seal.digest import sha256
from compliance.seal.leaf import SALT_SIZE
from compliance.tenancy import scope
from compliance.tenancy.staging import stage
from compliance.vault.services.blobs import _keep_blobs, store_bytes
from evidence.models import Coverage, Run, RunStream, Source, Stream
from evidence.readings import Observed, Reading

STAGED_DIGEST = "key text, digest bytea"
STAGED_FACT = (
    "key text, name text, region text, gone boolean, digest bytea, salt bytea, content_hash bytea, observed_at timestamptz, "
    "version smallint, fact text, pages text"
)
CHANGED = """
SELECT s.key FROM staged_digest s
LEFT JOIN evidence_subject e ON e.organization_id = %(organization)s AND e.stream_id = %(stream)s AND e.key = s.key
WHERE e.id IS NULL OR e.gone_at IS NOT NULL OR e.digest IS DISTINCT FROM s.digest
"""
GONE = """
SELECT e.key, e.name, e.region FROM evidence_subject e
WHERE e.organization_id = %(organization)s AND e.stream_id = %(stream)s AND e.gone_at IS NULL
  AND NOT EXISTS (SELECT FROM staged_digest s WHERE s.key = e.key)
"""
MERGE = """
WITH changed AS MATERIALIZED (
  SELECT f.*, e.id AS known, coalesce(e.id, uuidv7()) AS subject_id, uuidv7() AS record_id,
         greatest(f.observed_at, coalesce(e.since, f.observed_at)) AS since
  FROM staged_fact f LEFT JOIN evidence_subject e ON e.organization_id = %(organization)s AND e.stream_id = %(stream)s AND e.key = f.key
  WHERE e.id IS NULL OR e.digest IS DISTINCT FROM f.digest OR (e.gone_at IS NULL) = f.gone
), new_subject AS (
  INSERT INTO evidence_subject (id, organization_id, stream_id, key, name, region, digest, record_id, since, gone_at)
  SELECT subject_id, %(organization)s, %(stream)s, key, name, region, digest, record_id, since, NULL FROM changed WHERE known IS NULL
), old_subject AS (
  UPDATE evidence_subject e SET digest = c.digest, record_id = c.record_id, since = c.since, name = c.name, region = c.region,
    gone_at = CASE WHEN c.gone THEN c.since END
  FROM changed c WHERE e.id = c.known AND e.organization_id = %(organization)s
), leaf AS (
  INSERT INTO vault_pendingleaf (id, organization_id, kind, ref, at, content_hash)
  SELECT uuidv7(), %(organization)s, 'evidence.record', record_id, %(recorded_at)s, content_hash FROM changed
)
INSERT INTO evidence_record (id, organization_id, subject_id, run_id, observed_at, gone, version, digest, salt, content_hash, fact, pages)
SELECT record_id, %(organization)s, subject_id, %(run)s, since, gone, version, digest, salt, content_hash, fact, pages FROM changed
"""


@dataclass(slots=True)
class Difference:
    """What is new, changed or gone of one reading, found before anything is written."""

    stream: Stream
    reading: Reading
    fresh: list[tuple[Observed, bytes, bytes]] = field(default_factory=list)  # observation, canonical bytes, digest
    gone: list[tuple[str, str, str]] = field(default_factory=list)
    received: int = 0
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Recorded:
    """Counts of one recorded stream."""

    kind: str
    received: int
    changed: int
    gone: int


def find_differences(source: Source, readings: Sequence[Reading], streams: dict[str, Stream]) -> list[Difference]:
    """Compare each reading with what is current. Reads only; opens its own transaction for the staging table."""
    return [_difference(streams[reading.kind], reading) for reading in readings]


def pages_needed(differences: Sequence[Difference]) -> frozenset[str]:
    """Digests of the raw pages that new records will point to; all other pages need not be kept."""
    return frozenset(page for difference in differences for observed, _bytes, _digest in difference.fresh for page in observed.pages)


def keep_pages(digests: frozenset[str], read_page: Callable[[str], bytes]) -> dict[str, int]:
    """Move pages from the run's spool into the vault's store (no database). Returns their sizes."""
    sizes: dict[str, int] = {}
    for digest in sorted(digests):
        sizes |= store_bytes({digest: read_page(digest)})
    return sizes


def _record(run: Run, differences: Sequence[Difference], pages: dict[str, int]) -> list[Recorded]:
    """Inner step of an action: write records, subjects, leaves, coverage and what the run did per stream."""
    _keep_blobs(pages, "application/octet-stream")
    return [_record_stream(run, difference) for difference in differences]


def _difference(stream: Stream, reading: Reading) -> Difference:
    difference = Difference(stream, reading)
    by_key = _unique(reading, difference)
    with transaction.atomic():
        parameters = {"organization": scope.organization_id(), "stream": stream.pk}
        stage("staged_digest", STAGED_DIGEST, ((key, digest) for key, (_observed, _data, digest) in by_key.items()))
        with connection.cursor() as cursor:
            cursor.execute(CHANGED, parameters)
            difference.fresh = [by_key[key] for (key,) in cursor.fetchall()]
            if reading.complete and reading.mode == "snapshot":
                cursor.execute(GONE, parameters)
                rows = cursor.fetchall()
                difference.gone = [row for row in rows if reading.only is None or row[0] in reading.only]
    return difference


def _unique(reading: Reading, difference: Difference) -> dict[str, tuple[Observed, bytes, bytes]]:
    by_key: dict[str, tuple[Observed, bytes, bytes]] = {}
    for observed in reading.observations:
        difference.received += 1
        if observed.fact.subject in by_key:
            difference.duplicates += 1  # page drift or a double pass: the later page is the newer look
        data = fact_bytes(observed.fact.payload())
        by_key[observed.fact.subject] = (observed, data, sha256(data))
    return by_key


def _record_stream(run: Run, difference: Difference) -> Recorded:
    parameters = {"organization": scope.organization_id(), "stream": difference.stream.pk, "run": run.pk, "recorded_at": run.observed_at}
    if difference.fresh or difference.gone:
        stage("staged_fact", STAGED_FACT, _fact_rows(run, difference))
        with connection.cursor() as cursor:
            cursor.execute(MERGE, parameters)
    _note_stream(run, difference)
    return Recorded(difference.reading.kind, difference.received, len(difference.fresh), len(difference.gone))


def _fact_rows(run: Run, difference: Difference) -> Iterator[tuple]:
    salts = os.urandom(SALT_SIZE * (len(difference.fresh) + len(difference.gone)))
    place = 0
    for observed, data, digest in difference.fresh:
        salt = salts[place : place + SALT_SIZE]
        place += SALT_SIZE
        fact = observed.fact
        at = observed.observed_at or run.observed_at
        yield (
            fact.subject, fact.name, fact.region[:60], False, digest, salt, sha256(salt + data), at, fact.VERSION, data.decode(),
            " ".join(observed.pages),
        )  # fmt: skip
    for key, name, region in difference.gone:
        salt = salts[place : place + SALT_SIZE]
        place += SALT_SIZE
        content = canonical_bytes({"gone": True, "subject": key})
        yield (key, name, region, True, None, salt, sha256(salt + content), run.observed_at, 0, None, "")


def _note_stream(run: Run, difference: Difference) -> None:
    reading = difference.reading
    stream = difference.stream
    outcome = "complete" if reading.complete else ("partial" if difference.received else "failed")
    RunStream.objects.create(
        run=run,
        stream=stream,
        kind=reading.kind,
        outcome=outcome,
        completeness=reading.completeness if reading.complete else "none",
        received=difference.received,
        expected=reading.expected,
        duplicates=difference.duplicates,
        changed=len(difference.fresh),
        gone=len(difference.gone),
        faults=[{"kind": f.kind, "detail": f.detail, "operation": f.operation, "partition": f.partition} for f in reading.faults],
        skips=[list(skip) for skip in reading.skips],
    )
    stream.denied = sorted(reading.denied)
    if reading.complete and reading.only is None:
        _extend_coverage(run, difference)
        stream.trouble = stream.trouble_detail = ""
        stream.completeness = reading.completeness
        if reading.cursor is not None:
            stream.cursor = dict(reading.cursor)
    elif not reading.complete:
        worst = reading.faults[-1] if reading.faults else None
        stream.trouble = worst.kind if worst else "partial_result"
        stream.trouble_detail = worst.detail if worst else ""
    stream.save()


def _extend_coverage(run: Run, difference: Difference) -> None:
    stream, reading = difference.stream, difference.reading
    own_times = [observed.observed_at for observed in reading.observations if observed.observed_at is not None]
    observed_at = min(own_times, default=run.observed_at)
    stream.staleness_seconds = reading.staleness_seconds
    allowed = timedelta(seconds=reading.staleness_seconds)
    last = stream.observed_until
    if last is not None and observed_at - last <= allowed:
        gap = max(0, int((observed_at - last).total_seconds()))
        piece = Coverage.objects.filter(stream=stream).order_by("-from_at").first()
        piece.until_at = max(piece.until_at, observed_at)
        piece.runs += 1
        piece.longest_gap_seconds = max(piece.longest_gap_seconds, gap)
        piece.save()
    else:
        Coverage.objects.create(stream=stream, from_at=observed_at, until_at=observed_at)
    stream.observed_until = observed_at if last is None else max(last, observed_at)
    stream.stale_at = stream.observed_until + allowed
    stream.stale_marked = False


def _streams_of(source: Source, readings: Sequence[Reading]) -> dict[str, Stream]:
    """Inner step of an action: the stream row of each reading, made where it is new."""
    known = {stream.kind: stream for stream in Stream.objects.filter(source=source)}
    for reading in readings:
        if reading.kind not in known:
            known[reading.kind] = Stream.objects.create(source=source, vendor=reading.vendor, kind=reading.kind, mode=reading.mode)
    return known


def _source_of(*, vendor: str, account: str, account_name: str, connection_id: uuid.UUID, now: datetime) -> Source:
    """Inner step of an action: the source of that account, made where it is new; it remembers the connection that reads it."""
    source, created = Source.objects.get_or_create(
        vendor=vendor, account=account, defaults={"account_name": account_name, "connection_id": connection_id, "first_seen_at": now}
    )
    if not created and (source.account_name, source.connection_id) != (account_name, connection_id):
        source.account_name, source.connection_id = account_name, connection_id
        source.save()
    return source
