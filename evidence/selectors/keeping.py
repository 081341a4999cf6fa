"""What of the observations may go: those of a person, and those whose life ended before an instant."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from compliance.tenancy import scope
from evidence.models import ItemVersion, Record, Source, Subject

EXPIRED = """
SELECT id, subject_id, stream_id, source_id, ended FROM (
  SELECT r.id, r.subject_id, s.stream_id, t.source_id, r.salt,
    coalesce(lead(r.observed_at) OVER (PARTITION BY r.subject_id ORDER BY r.observed_at, r.id), CASE WHEN r.gone THEN r.observed_at END) AS ended
  FROM evidence_record r
  JOIN evidence_subject s ON s.organization_id = r.organization_id AND s.id = r.subject_id
  JOIN evidence_stream t ON t.organization_id = r.organization_id AND t.id = s.stream_id
  WHERE r.organization_id = %(organization)s
) lives WHERE ended <= %(before)s AND salt IS NOT NULL ORDER BY ended, id LIMIT %(limit)s
"""
PAGES = """
SELECT DISTINCT page FROM evidence_record r, regexp_split_to_table(r.pages, ' ') AS page
WHERE r.organization_id = %(organization)s AND r.id = ANY (%(records)s) AND page <> ''
"""
PAGES_OF_OTHERS = """
SELECT DISTINCT page FROM evidence_record r, regexp_split_to_table(r.pages, ' ') AS page
WHERE r.organization_id = %(organization)s AND NOT r.id = ANY (%(records)s) AND page = ANY (%(pages)s)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that is kept: its id, when its life ended (None while it goes on), and what it belongs to (subject, stream, source)."""

    id: uuid.UUID
    ended: datetime | None
    abouts: tuple[uuid.UUID, ...]


def subjects_matching(text: str, limit: int) -> list[Subject]:
    """Subjects whose name or key holds the text, present and gone ones, with stream and source; what was deleted is left out."""
    found = Subject.objects.filter(Q(name__icontains=text) | Q(key__icontains=text)).exclude(key__startswith="deleted ")
    return list(found.select_related("stream__source").order_by("name", "id")[:limit])


def subjects_of_ids(ids: Sequence[uuid.UUID]) -> list[Subject]:
    """Those subjects of the organization, with stream and source."""
    return list(Subject.objects.filter(pk__in=ids).select_related("stream__source").order_by("name", "id"))


def records_of_subjects(ids: Sequence[uuid.UUID]) -> list[Kept]:
    """All that was recorded of those subjects and is still there."""
    rows = Record.objects.filter(subject__in=ids, salt__isnull=False).order_by("id")
    found = rows.values_list("id", "subject_id", "subject__stream_id", "subject__stream__source_id")
    return [Kept(record, None, tuple(abouts)) for record, *abouts in found]


def expired_records(before: datetime, limit: int) -> list[Kept]:
    """Records that had been followed by another one, or told of an end, by that instant. What still holds is never among them."""
    with connection.cursor() as cursor:
        cursor.execute(EXPIRED, {"organization": scope.organization_id(), "before": before, "limit": limit})
        return [Kept(record, ended, tuple(abouts)) for record, *abouts, ended in cursor.fetchall()]


def expired_item_versions(before: datetime, limit: int) -> list[tuple[Kept, str]]:
    """Versions of items that were received, performed and covered until that instant, each with the digest of its bytes."""
    rows = ItemVersion.objects.filter(received_at__lte=before).exclude(digest="").exclude(performed_at__gt=before)
    rows = rows.exclude(covered_until__gt=before.date()).order_by("received_at", "id")[:limit]
    return [(Kept(each.pk, each.received_at, (each.item_id,)), each.digest) for each in rows]


def digests_of_other_versions(versions: Sequence[uuid.UUID], digests: Sequence[str]) -> set[str]:
    """Those digests that a version besides those has, too."""
    return set(ItemVersion.objects.filter(digest__in=digests).exclude(pk__in=versions).values_list("digest", flat=True))


def pages_of_records(records: Sequence[uuid.UUID]) -> set[str]:
    """Digests of the raw pages those records were made from."""
    return _pages(PAGES, records=list(records))


def pages_of_other_records(records: Sequence[uuid.UUID], pages: Sequence[str]) -> set[str]:
    """Those of the pages that some record besides those was made from, too."""
    return _pages(PAGES_OF_OTHERS, records=list(records), pages=list(pages))


def sources_named() -> list[tuple[uuid.UUID, str]]:
    """Every source and what it is called."""
    return [(each.pk, str(each)) for each in Source.objects.order_by("vendor", "account_name")]


def _pages(sql: str, **parameters: object) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"organization": scope.organization_id()} | parameters)
        return {row[0] for row in cursor.fetchall()}
