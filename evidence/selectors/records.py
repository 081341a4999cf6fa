"""Reading facts: of a run, of subjects, of a whole stream, now or as of an instant."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from compliance.tenancy import scope
from evidence.models import Record, Stream

CHUNK = 5000


@dataclass(frozen=True, slots=True)
class CurrentFact:
    """A subject with the fact of one record (text is canonical JSON, empty when gone)."""

    subject_id: uuid.UUID
    record_id: uuid.UUID
    kind: str
    observed_at: datetime
    gone: bool
    fact: str


def changed_in_run(run_id: uuid.UUID) -> list[CurrentFact]:
    """What a run recorded; found by run, never by a watermark, because ids and times are given before commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.subject_id, r.id, t.kind, r.observed_at, r.gone, coalesce(r.fact, '') FROM evidence_record r "
            "JOIN evidence_subject s ON s.organization_id = r.organization_id AND s.id = r.subject_id "
            "JOIN evidence_stream t ON t.organization_id = r.organization_id AND t.id = s.stream_id "
            "WHERE r.organization_id = %s AND r.run_id = %s",
            [scope.organization_id(), run_id],
        )
        return [CurrentFact(*row) for row in cursor.fetchall()]


def current_facts(vendor: str, kind: str) -> Iterator[CurrentFact]:
    """Every subject of a kind that is there now (of one vendor, or of all when `vendor` is empty)."""
    streams = Stream.objects.filter(kind=kind, **({"vendor": vendor} if vendor else {})).order_by("id").values_list("id", flat=True)
    for stream_id in list(streams):
        yield from _facts_of_stream(stream_id, kind)


def records_in_force(vendor: str, kind: str) -> list[tuple[uuid.UUID, uuid.UUID, datetime]]:
    """(subject, record, since when) of every subject of a kind that is there now, in the order of `current_facts`, without what they
    say."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.record_id, s.since FROM evidence_stream t JOIN evidence_subject s ON s.organization_id = t.organization_id "
            "AND s.stream_id = t.id WHERE t.organization_id = %s AND t.kind = %s AND t.vendor = coalesce(nullif(%s, ''), t.vendor) "
            "AND s.gone_at IS NULL ORDER BY t.id, s.key",
            [scope.organization_id(), kind, vendor],
        )
        return cursor.fetchall()


def texts_of_records(records: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The fact of each of these records, as canonical JSON."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, fact FROM evidence_record WHERE organization_id = %s AND id = ANY(%s)", [scope.organization_id(), list(records)]
        )
        return dict(cursor.fetchall())


def facts_of_stream(stream_id: uuid.UUID, kind: str) -> Iterator[CurrentFact]:
    """Every subject of one stream that is there now, by key."""
    yield from _facts_of_stream(stream_id, kind)


def facts_saying(stream_id: uuid.UUID, words: Iterable[str]) -> list[str]:
    """Texts of the current facts of a stream that contain one of these words anywhere: a sieve in front of reading them, for logs."""
    patterns = ["%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%" for word in words]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.fact FROM evidence_subject s JOIN evidence_record r ON r.organization_id = s.organization_id AND r.id = s.record_id "
            "WHERE s.organization_id = %s AND s.stream_id = %s AND s.gone_at IS NULL AND r.fact LIKE ANY (%s) ORDER BY s.key",
            [scope.organization_id(), stream_id, patterns],
        )
        return [row[0] for row in cursor.fetchall()]


def _facts_of_stream(stream_id: uuid.UUID, kind: str) -> Iterator[CurrentFact]:
    after = ""
    while True:  # by key, because the index of a stream's subjects goes by key: a small stream costs little beside big ones
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.id, r.id, %s, r.observed_at, false, r.fact, s.key FROM evidence_subject s "
                "JOIN evidence_record r ON r.organization_id = s.organization_id AND r.id = s.record_id "
                "WHERE s.organization_id = %s AND s.stream_id = %s AND s.key > %s AND s.gone_at IS NULL ORDER BY s.key LIMIT %s",
                [kind, scope.organization_id(), stream_id, after, CHUNK],
            )
            rows = cursor.fetchall()
        yield from (CurrentFact(*row[:6]) for row in rows)
        if len(rows) < CHUNK:
            return
        after = rows[-1][6]


def facts_of_subjects(subjects: Iterable[uuid.UUID]) -> dict[uuid.UUID, CurrentFact]:
    """The current fact of each of these subjects that is not gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, r.id, t.kind, r.observed_at, false, r.fact FROM evidence_subject s "
            "JOIN evidence_record r ON r.organization_id = s.organization_id AND r.id = s.record_id "
            "JOIN evidence_stream t ON t.organization_id = s.organization_id AND t.id = s.stream_id "
            "WHERE s.organization_id = %s AND s.gone_at IS NULL AND s.id = ANY(%s)",
            [scope.organization_id(), list(subjects)],
        )
        return {row[0]: CurrentFact(*row) for row in cursor.fetchall()}


def record_at(subject_id: uuid.UUID, at: datetime) -> Record | None:
    """The record in force for a subject at an instant."""
    return Record.objects.filter(subject_id=subject_id, observed_at__lte=at).order_by("-observed_at", "-id").first()
