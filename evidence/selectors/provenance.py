"""Where a record comes from: its stream, source, run and raw pages, as one plain value, so that it can be made again."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from compliance.tenancy import scope
from evidence.models import LedgerEntry, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """One record and what it was made from. `fact` is canonical JSON, empty where the record says that the subject was gone;
    `observed_at` is the source's own time where it gave one, `read_at` our clock when the run ended."""

    record_id: uuid.UUID
    subject_id: uuid.UUID
    key: str
    vendor: str
    kind: str
    account: str
    principal: str
    connection_id: uuid.UUID
    run_id: uuid.UUID
    connector_version: str
    started_at: datetime
    read_at: datetime
    observed_at: datetime
    gone: bool
    version: int
    fact: str
    pages: tuple[str, ...]


_SQL = """
SELECT r.id, r.subject_id, s.key, t.vendor, t.kind, coalesce(o.account, ''), u.principal, u.connection_id, u.id, u.connector_version,
       u.started_at, coalesce(u.observed_at, r.observed_at), r.observed_at, r.gone, r.version, coalesce(r.fact, ''), r.pages
FROM evidence_record r
JOIN evidence_subject s ON s.organization_id = r.organization_id AND s.id = r.subject_id
JOIN evidence_stream t ON t.organization_id = r.organization_id AND t.id = s.stream_id
JOIN evidence_run u ON u.organization_id = r.organization_id AND u.id = r.run_id
LEFT JOIN evidence_source o ON o.organization_id = r.organization_id AND o.id = t.source_id
WHERE r.organization_id = %(organization)s AND
"""
_AS_OF = """
SELECT DISTINCT ON (t.id, s.key) r.gone, r.fact, r.version
FROM evidence_stream t
JOIN evidence_subject s ON s.organization_id = t.organization_id AND s.stream_id = t.id
JOIN evidence_record r ON r.organization_id = s.organization_id AND r.subject_id = s.id AND r.observed_at <= %(at)s
JOIN evidence_run u ON u.organization_id = r.organization_id AND u.id = r.run_id AND u.observed_at <= %(at)s
WHERE t.organization_id = %(organization)s AND t.kind = %(kind)s AND (%(vendor)s = '' OR t.vendor = %(vendor)s)
ORDER BY t.id, s.key, r.observed_at DESC, r.id DESC
"""


def provenance_of(record_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Provenance]:
    """Where each of these records comes from."""
    found = _rows("r.id = ANY(%(ids)s)", {"ids": list(record_ids)})
    return {each.record_id: each for each in found}


def records_between(subject_id: uuid.UUID, start: datetime, until: datetime) -> list[Provenance]:
    """The record in force for a subject at `start` and those that came before `until`, in order of time."""
    before = Record.objects.filter(subject_id=subject_id, observed_at__lte=start).order_by("-observed_at", "-id").values("id")[:1]
    ids = [row["id"] for row in before]
    later = Record.objects.filter(subject_id=subject_id, observed_at__gt=start, observed_at__lt=until).values_list("id", flat=True)
    found = _rows("r.id = ANY(%(ids)s)", {"ids": [*ids, *later]})
    return sorted(found, key=lambda each: (each.observed_at, each.record_id))


def subjects_recorded(vendor: str, kind: str, start: datetime, until: datetime) -> list[uuid.UUID]:
    """Subjects of a kind (of one vendor, or of all when `vendor` is empty) of which anything was on record in [start, until), by key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id FROM evidence_subject s JOIN evidence_stream t ON t.organization_id = s.organization_id AND t.id = s.stream_id "
            "WHERE s.organization_id = %(organization)s AND t.kind = %(kind)s AND (%(vendor)s = '' OR t.vendor = %(vendor)s) "
            "AND EXISTS (SELECT FROM evidence_record r WHERE r.organization_id = s.organization_id AND r.subject_id = s.id "
            "AND r.observed_at < %(until)s) AND (s.gone_at IS NULL OR s.gone_at > %(start)s) ORDER BY s.key, s.id",
            {"organization": scope.organization_id(), "vendor": vendor, "kind": kind, "start": start, "until": until},
        )
        return [row[0] for row in cursor.fetchall()]


def packed_records(subject_ids: Iterable[uuid.UUID], start: datetime, until: datetime) -> Iterator[tuple[Provenance, bytes | None, bytes]]:
    """For packages: of each subject the record in force at `start` and those before `until`, with the salt (None once shredded) and the
    salted hash that stands in the log. By subject and time, a few hundred subjects at a time."""
    wanted = list(subject_ids)
    names = list(Provenance.__dataclass_fields__)
    sql = _SQL.replace("r.pages\nFROM", "r.pages, r.salt, r.content_hash\nFROM")
    for first in range(0, len(wanted), 300):
        with connection.cursor() as cursor:
            cursor.execute(
                sql + "r.subject_id = ANY(%(ids)s) AND r.observed_at < %(until)s AND (r.observed_at >= %(start)s OR NOT EXISTS ("
                "SELECT FROM evidence_record n WHERE n.organization_id = r.organization_id AND n.subject_id = r.subject_id "
                "AND n.observed_at <= %(start)s AND (n.observed_at, n.id) > (r.observed_at, r.id))) "
                "ORDER BY r.subject_id, r.observed_at, r.id",
                {"organization": scope.organization_id(), "ids": wanted[first : first + 300], "start": start, "until": until},
            )
            rows = cursor.fetchall()
        for row in rows:
            told = Provenance(**{**dict(zip(names, row[:-2], strict=True)), "pages": tuple(row[-3].split())})
            yield told, bytes(row[-2]) if row[-2] is not None else None, bytes(row[-1])


def facts_at(vendor: str, kind: str, at: datetime) -> list[tuple[str, int]]:
    """Text and version of every fact of a kind that was known at an instant: recorded by then and not gone. In the order in which the
    present ones are read."""
    with connection.cursor() as cursor:
        cursor.execute(_AS_OF, {"organization": scope.organization_id(), "kind": kind, "vendor": vendor, "at": at})
        return [(fact, version) for gone, fact, version in cursor.fetchall() if not gone]


def ledger_of(run_id: uuid.UUID) -> list[LedgerEntry]:
    """Every call of a run, in order."""
    return list(LedgerEntry.objects.filter(run_id=run_id).order_by("number"))


def _rows(condition: str, parameters: dict[str, object]) -> list[Provenance]:
    names = list(Provenance.__dataclass_fields__)
    with connection.cursor() as cursor:
        cursor.execute(_SQL + condition, {"organization": scope.organization_id(), **parameters})
        rows = cursor.fetchall()
    return [Provenance(**{**dict(zip(names, row, strict=True)), "pages": tuple(row[-1].split())}) for row in rows]
