"""Recording what a run observed: set-based, and by change only.

Digests travel first: of 100,000 unchanged facts only 100,000 short digests go to the database and not one row is written. Cost and
storage grow with change, not with polling. Nothing is marked gone and no coverage grows unless the stream was read whole.
"""

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection, transaction

from compliance.seal.canonical import canonical_bytes, fact_bytes
from compliance.seal.digest import sha256
from compliance.seal.leaf import SALT_SIZE
from compliance.tenancy import scope
from compliance.tenancy.staging import stage_block, stage_lines, text_cell
from compliance.tenancy.updating import update_rows
from compliance.tenancy.uuid7 import uuid7_texts
from compliance.vault.services.blobs import _keep_blobs, store_bytes
from evidence.models import Coverage, Run, RunStream, Source, Stream
from evidence.readings import Observed, Reading
from evidence.services.wholeness import whole_digest

STREAM_FIELDS = [
    "staleness_seconds", "observed_until", "stale_at", "stale_marked", "trouble", "trouble_detail", "completeness", "denied", "cursor",
    "whole_digest",
]  # fmt: skip
STAGED_DIGEST = "stream uuid, key text, digest bytea"
STAGED_FACT = (
    "stream uuid, key text, name text, region text, gone boolean, digest bytea, salt bytea, content_hash bytea, observed_at timestamptz, "
    "version smallint, fact text, pages text, new_subject uuid, record_id uuid"
)
CHANGED = """
SELECT s.stream::text, s.key FROM staged_digest s
LEFT JOIN evidence_subject e ON e.organization_id = %(organization)s AND e.stream_id = s.stream AND e.key = s.key
WHERE e.id IS NULL OR e.gone_at IS NOT NULL OR e.digest IS DISTINCT FROM s.digest
"""
KNOWN = """
SELECT t.id::text FROM unnest(%(streams)s::uuid[]) t(id)
WHERE EXISTS (SELECT FROM evidence_subject e WHERE e.organization_id = %(organization)s AND e.stream_id = t.id)
"""
GONE = """
SELECT e.stream_id::text, e.key, e.name, e.region FROM evidence_subject e
WHERE e.organization_id = %(organization)s AND e.stream_id = ANY(%(whole)s) AND e.gone_at IS NULL
  AND NOT EXISTS (SELECT FROM staged_digest s WHERE s.stream = e.stream_id AND s.key = e.key)
"""
MERGE = """
WITH changed AS MATERIALIZED (
  SELECT f.*, e.id AS known, coalesce(e.id, f.new_subject) AS subject_id,
         greatest(f.observed_at, coalesce(e.since, f.observed_at)) AS since
  FROM staged_fact f LEFT JOIN evidence_subject e ON e.organization_id = %(organization)s AND e.stream_id = f.stream AND e.key = f.key
  WHERE e.id IS NULL OR e.digest IS DISTINCT FROM f.digest OR (e.gone_at IS NULL) = f.gone
), new_subject AS (
  INSERT INTO evidence_subject (id, organization_id, stream_id, key, name, region, digest, record_id, since, gone_at)
  SELECT subject_id, %(organization)s, stream, key, name, region, digest, record_id, since, NULL FROM changed WHERE known IS NULL
), old_subject AS (
  UPDATE evidence_subject e SET digest = c.digest, record_id = c.record_id, since = c.since, name = c.name, region = c.region,
    gone_at = CASE WHEN c.gone THEN c.since END
  FROM changed c WHERE e.id = c.known AND e.organization_id = %(organization)s
), leaf AS (
  INSERT INTO vault_pendingpack (id, organization_id, kind, at, leaves)
  SELECT uuidv7(), %(organization)s, 'evidence.record', %(recorded_at)s, leaves FROM (
    SELECT string_agg(uuid_send(record_id) || content_hash, '' ORDER BY number) AS leaves
    FROM (SELECT record_id, content_hash, row_number() OVER () - 1 AS number FROM changed) numbered
    GROUP BY number / 1000 ORDER BY number / 1000
  ) packs
)
INSERT INTO evidence_record (id, organization_id, subject_id, run_id, observed_at, gone, version, digest, salt, content_hash, fact, pages)
SELECT record_id, %(organization)s, subject_id, %(run)s, since, gone, version, digest, salt, content_hash, fact, pages FROM changed
"""

FIRST_LOOK = """
INSERT INTO evidence_subject (id, organization_id, stream_id, key, name, region, digest, record_id, since, gone_at)
SELECT new_subject, %(organization)s, stream, key, name, region, digest, record_id, observed_at, NULL FROM staged_fact;
INSERT INTO vault_pendingpack (id, organization_id, kind, at, leaves)
SELECT uuidv7(), %(organization)s, 'evidence.record', %(recorded_at)s, leaves FROM (
  SELECT string_agg(uuid_send(record_id) || content_hash, '' ORDER BY number) AS leaves
  FROM (SELECT record_id, content_hash, row_number() OVER () - 1 AS number FROM staged_fact) numbered
  GROUP BY number / 1000 ORDER BY number / 1000
) packs;
INSERT INTO evidence_record (id, organization_id, subject_id, run_id, observed_at, gone, version, digest, salt, content_hash, fact, pages)
SELECT record_id, %(organization)s, new_subject, %(run)s, observed_at, gone, version, digest, salt, content_hash, fact, pages FROM staged_fact
"""
HELD = "SELECT id::text, subject_writes FROM evidence_stream WHERE organization_id = %(organization)s AND id = ANY(%(streams)s::uuid[]) ORDER BY id FOR UPDATE"
FIRST_AT_ONCE = 10_000


@dataclass(slots=True, eq=False)
class Difference:
    """What is new, changed or gone of one reading, found before anything is written. `first`: nothing of the stream was known. `same`:
    it was read whole and holds what it held the last time, which its digest says. `whole` is the digest of this reading."""

    stream: Stream
    reading: Reading
    first: bool = False
    same: bool = False
    whole: str | None = None
    fresh: list[Observed] = field(default_factory=list)
    gone: list[tuple[str, str, str]] = field(default_factory=list)
    received: int = 0
    duplicates: int = 0


class RecordedMeanwhile(RuntimeError):
    """Another run wrote a stream after this one had compared it; read it again."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Counts of one recorded stream."""

    kind: str
    received: int
    changed: int
    gone: int


def find_differences(readings: Sequence[Reading], streams: dict[str, Stream]) -> list[Difference]:
    """Compare all readings of a run with what is current, in one pass. Reads only; opens its own transaction for the staging table.
    A stream that was read whole and holds what it held the last time is not looked up at all."""
    # By text: a hundred thousand keys are not turned into UUID objects and back
    differences = {str(streams[reading.kind].pk): Difference(streams[reading.kind], reading) for reading in readings}
    by_key = {pk: _unique(difference) for pk, difference in differences.items()}
    for difference in differences.values():
        difference.same = is_same(difference)
    open_ones = [each.stream.pk for each in differences.values() if not each.same]
    if not open_ones:
        return list(differences.values())
    whole = [each.stream.pk for each in differences.values() if each.reading.complete and each.reading.mode == "snapshot" and not each.same]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(KNOWN, {"organization": scope.organization_id(), "streams": open_ones})
        known = {pk for (pk,) in cursor.fetchall()}
        for pk in {str(pk) for pk in open_ones} - known:  # nothing to compare with: all of a new stream is fresh
            differences[pk].fresh = list(by_key[pk].values())
            differences[pk].first = True
        if not known:
            return list(differences.values())
        stage_lines("staged_digest", STAGED_DIGEST, _digest_lines({pk: by_key[pk] for pk in by_key if pk in known}), joined="stream, key")
        parameters = {"organization": scope.organization_id(), "whole": whole}
        cursor.execute(CHANGED, parameters)
        for pk, key in cursor.fetchall():
            differences[pk].fresh.append(by_key[pk][key])
        if whole:
            cursor.execute(GONE, parameters)
            for pk, *row in cursor.fetchall():
                only = differences[pk].reading.only
                if only is None or row[0] in only:
                    differences[pk].gone.append(tuple(row))
    return list(differences.values())


def pages_needed(differences: Sequence[Difference]) -> frozenset[str]:
    """Digests of the raw pages that new records will point to; all other pages need not be kept."""
    return frozenset(page for difference in differences for observed in difference.fresh for page in observed.pages)


def keep_pages(digests: frozenset[str], read_page: Callable[[str], bytes]) -> dict[str, int]:
    """Move pages from the run's spool into the vault's store (no database). Returns their sizes."""
    sizes: dict[str, int] = {}
    for digest in sorted(digests):
        sizes |= store_bytes({digest: read_page(digest)})
    return sizes


def _record(run: Run, differences: Sequence[Difference], pages: dict[str, int]) -> list[Recorded]:
    """Inner step of an action: write records, subjects, leaves, coverage and what the run did per stream."""
    if pages:
        redactions = {page: each for difference in differences for page, each in difference.reading.redactions.items() if page in pages}
        _keep_blobs(pages, "application/octet-stream", redactions)
    untouched = _hold(differences)
    if any(each.same and each not in untouched for each in differences):
        raise RecordedMeanwhile("another run wrote a stream while this one was read: look again")
    first = [each for each in untouched if each.first and each.fresh]
    _write_first_looks(run, first)
    _write_changes(run, [each for each in differences if each not in first])
    _note_streams(run, differences, untouched)
    return [Recorded(each.reading.kind, each.received, len(each.fresh), len(each.gone)) for each in differences]


def _hold(differences: Sequence[Difference]) -> list[Difference]:
    """Those of whose streams no subject was written since they were read, and none will be by another run until the action ends."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"organization": scope.organization_id(), "streams": [each.stream.pk for each in differences]})
        writes = dict(cursor.fetchall())
    return [each for each in differences if writes[str(each.stream.pk)] == each.stream.subject_writes]


def _write_first_looks(run: Run, differences: Sequence[Difference]) -> None:
    """Ten thousand at a time: while the database writes them, a thread makes the next."""
    number = sum(len(each.fresh) for each in differences)
    if not number:
        return
    keys = zip(uuid7_texts(number), uuid7_texts(number), strict=True)
    lines = (line for each in differences for line in _lines_of_all(run, each, keys))
    parameters = {"organization": scope.organization_id(), "run": run.pk, "recorded_at": run.observed_at}
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="lines") as maker, connection.cursor() as cursor:
        block = _next_block(lines)
        while block:
            stage_block("staged_fact", STAGED_FACT, block)
            following = maker.submit(_next_block, lines)  # not before: each short statement would wait for the interpreter's lock
            cursor.execute(FIRST_LOOK, parameters)
            block = following.result()


def _lines_of_all(run: Run, difference: Difference, keys: Iterator[tuple[str, str]]) -> Iterator[str]:
    yield from _fact_lines(run, difference, keys)
    _whole_of(difference)  # while the database still writes


def _next_block(lines: Iterator[str]) -> bytes:
    return "".join(islice(lines, FIRST_AT_ONCE)).encode()


def _write_changes(run: Run, differences: Sequence[Difference]) -> None:
    number = sum(len(each.fresh) + len(each.gone) for each in differences)
    if not number:
        return
    keys = zip(uuid7_texts(number), uuid7_texts(number), strict=True)
    lines = (line for each in differences for line in _fact_lines(run, each, keys))
    stage_lines("staged_fact", STAGED_FACT, lines, joined="stream, key")
    with connection.cursor() as cursor:
        cursor.execute(MERGE, {"organization": scope.organization_id(), "run": run.pk, "recorded_at": run.observed_at})


def _unique(difference: Difference) -> dict[str, Observed]:
    observations = difference.reading.observations
    by_key = {observed.fact.subject: observed for observed in observations}
    difference.received = len(observations)
    difference.duplicates = len(observations) - len(by_key)  # page drift or a double pass: the later page is the newer look
    return by_key


def _may_be_whole(difference: Difference) -> bool:
    """Whether the reading says all there is to say of its stream: read to the end, all of it, and nothing came twice."""
    reading = difference.reading
    return reading.complete and reading.mode == "snapshot" and reading.only is None and not difference.duplicates


def _whole_of(difference: Difference) -> str:
    if difference.whole is None:
        difference.whole = whole_digest(difference.reading.observations) if _may_be_whole(difference) else ""
    return difference.whole


def is_same(difference: Difference) -> bool:
    """Whether a whole look says exactly what the stream held when it was last compared, and nobody wrote to it since."""
    known = difference.stream.whole_digest
    return bool(known) and _whole_of(difference) == known


def _digest_lines(by_key: dict[str, dict[str, Observed]]) -> Iterator[str]:
    # Only digests are kept of what did not change; canonical bytes are made again for what did, which costs less than keeping them all
    for stream, rows in by_key.items():
        for key, observed in rows.items():
            yield f"{stream}\t{text_cell(key)}\t\\\\x{sha256(fact_bytes(observed.fact.payload())).hex()}\n"


def _fact_lines(run: Run, difference: Difference, keys: Iterator[tuple[str, str]]) -> Iterator[str]:
    """The columns of STAGED_FACT, as COPY's text format wants them. `keys` gives a subject's and a record's new id per line."""
    stream, recorded_at = str(difference.stream.pk), run.observed_at.isoformat()
    salts = os.urandom(SALT_SIZE * (len(difference.fresh) + len(difference.gone)))
    place = 0
    for observed in difference.fresh:
        salt = salts[place : place + SALT_SIZE]
        place += SALT_SIZE
        fact = observed.fact
        data = fact_bytes(fact.payload())
        text = data.decode().replace("\\", "\\\\")  # canonical JSON holds no line end and no tab that is not written with one
        new_subject, record = next(keys)
        yield (
            f"{stream}\t{text_cell(fact.subject)}\t{text_cell(fact.name)}\t{text_cell(fact.region[:60])}\tf\t\\\\x{sha256(data).hex()}\t"
            f"\\\\x{salt.hex()}\t\\\\x{sha256(salt + data).hex()}\t{observed.observed_at or recorded_at}\t{fact.VERSION}\t{text}\t"
            f"{' '.join(observed.pages)}\t{new_subject}\t{record}\n"
        )
    for key, name, region in difference.gone:
        salt = salts[place : place + SALT_SIZE]
        place += SALT_SIZE
        content = sha256(salt + canonical_bytes({"gone": True, "subject": key}))
        new_subject, record = next(keys)
        yield (
            f"{stream}\t{text_cell(key)}\t{text_cell(name)}\t{text_cell(region)}\tt\t\\N\t\\\\x{salt.hex()}\t\\\\x{content.hex()}\t"
            f"{recorded_at}\t0\t\\N\t\t{new_subject}\t{record}\n"
        )


def _note_streams(run: Run, differences: Sequence[Difference], untouched: Sequence[Difference]) -> None:
    RunStream.objects.bulk_create([_run_stream(run, each) for each in differences])
    observed = [each for each in differences if each.reading.complete and each.reading.only is None]
    _extend_coverage(run, observed)
    for each in differences:
        _mark(each)
        # What stands for a stream is only ever what was read whole, and compared while nobody else wrote
        each.stream.whole_digest = _whole_of(each) if each in untouched else ""
    update_rows([each.stream for each in differences], STREAM_FIELDS)


def _run_stream(run: Run, difference: Difference) -> RunStream:
    reading = difference.reading
    outcome = "complete" if reading.complete else ("partial" if difference.received else "failed")
    return RunStream(
        run=run, stream=difference.stream, kind=reading.kind, outcome=outcome, completeness=reading.completeness if reading.complete else "none",
        received=difference.received, expected=reading.expected, duplicates=difference.duplicates, changed=len(difference.fresh),
        gone=len(difference.gone), skips=[list(skip) for skip in reading.skips],
        faults=[{"kind": f.kind, "detail": f.detail, "operation": f.operation, "partition": f.partition} for f in reading.faults],
    )  # fmt: skip


def _mark(difference: Difference) -> None:
    stream, reading = difference.stream, difference.reading
    stream.denied = sorted(reading.denied)
    if not reading.complete:
        worst = reading.faults[-1] if reading.faults else None
        stream.trouble = worst.kind if worst else "partial_result"
        stream.trouble_detail = worst.detail if worst else ""
    elif reading.only is None:
        stream.trouble = stream.trouble_detail = ""
        stream.completeness = reading.completeness
        if reading.cursor is not None:
            stream.cursor = dict(reading.cursor)


def _extend_coverage(run: Run, differences: Sequence[Difference]) -> None:
    """A complete reading makes the present piece longer, or begins a new one when the gap was longer than allowed."""
    pieces = _present_pieces([each.stream.pk for each in differences])
    longer: list[Coverage] = []
    new: list[Coverage] = []
    for difference in differences:
        stream, reading = difference.stream, difference.reading
        observed_at = min((each.observed_at for each in reading.observations if each.observed_at is not None), default=run.observed_at)
        allowed = timedelta(seconds=reading.staleness_seconds)
        last, piece = stream.observed_until, pieces.get(stream.pk)
        if last is not None and piece is not None and observed_at - last <= allowed:
            piece.longest_gap_seconds = max(piece.longest_gap_seconds, int((observed_at - last).total_seconds()))
            piece.until_at = max(piece.until_at, observed_at)
            piece.runs += 1
            longer.append(piece)
        else:
            new.append(Coverage(stream=stream, from_at=observed_at, until_at=observed_at))
        stream.staleness_seconds = reading.staleness_seconds
        stream.observed_until = observed_at if last is None else max(last, observed_at)
        stream.stale_at = stream.observed_until + allowed
        stream.stale_marked = False
    Coverage.objects.bulk_create(new)
    update_rows(longer, ["until_at", "runs", "longest_gap_seconds"])


def _present_pieces(streams: Sequence[uuid.UUID]) -> dict[uuid.UUID, Coverage]:
    latest = Coverage.objects.filter(stream__in=streams).order_by("stream_id", "-from_at").distinct("stream_id")
    return {piece.stream_id: piece for piece in latest}


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
