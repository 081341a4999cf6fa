"""A stream as of any instant, and what differs between two. As-of equals a replay of all records up to it."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from compliance.tenancy import scope
from evidence.models import Stream

THEN = """
SELECT s.id, s.key, coalesce(nullif(s.name, ''), s.key), l.id, l.observed_at, l.fact
FROM evidence_subject s JOIN LATERAL (
  SELECT r.id, r.observed_at, r.fact, r.gone FROM evidence_record r
  WHERE r.organization_id = s.organization_id AND r.subject_id = s.id AND r.observed_at <= %(at)s
  ORDER BY r.observed_at DESC, r.id DESC LIMIT 1
) l ON NOT l.gone
WHERE s.organization_id = %(organization)s AND s.stream_id = %(stream)s AND s.key > %(after)s ORDER BY s.key LIMIT %(limit)s
"""
DIFFERENT = """
SELECT s.id, s.key, coalesce(nullif(s.name, ''), s.key), a.id, a.fact, a.gone, b.id, b.fact, b.gone, b.observed_at
FROM evidence_subject s
LEFT JOIN LATERAL (
  SELECT r.id, r.fact, r.gone FROM evidence_record r
  WHERE r.organization_id = s.organization_id AND r.subject_id = s.id AND r.observed_at <= %(earlier)s
  ORDER BY r.observed_at DESC, r.id DESC LIMIT 1
) a ON true
JOIN LATERAL (
  SELECT r.id, r.fact, r.gone, r.observed_at FROM evidence_record r
  WHERE r.organization_id = s.organization_id AND r.subject_id = s.id AND r.observed_at <= %(later)s
  ORDER BY r.observed_at DESC, r.id DESC LIMIT 1
) b ON b.id IS DISTINCT FROM a.id AND (b.fact IS DISTINCT FROM a.fact)
WHERE s.organization_id = %(organization)s AND s.stream_id = %(stream)s AND s.key > %(after)s ORDER BY s.key LIMIT %(limit)s
"""
COUNTS = """
SELECT count(*) FILTER (WHERE NOT coalesce(a.gone, true)), count(*) FILTER (WHERE NOT coalesce(b.gone, true)),
  count(*) FILTER (WHERE coalesce(a.gone, true) AND NOT coalesce(b.gone, true)),
  count(*) FILTER (WHERE NOT coalesce(a.gone, true) AND coalesce(b.gone, true)),
  count(*) FILTER (WHERE NOT coalesce(a.gone, true) AND NOT coalesce(b.gone, true) AND a.fact IS DISTINCT FROM b.fact)
FROM evidence_subject s
LEFT JOIN LATERAL (
  SELECT r.fact, r.gone FROM evidence_record r WHERE r.organization_id = s.organization_id AND r.subject_id = s.id
  AND r.observed_at <= %(earlier)s ORDER BY r.observed_at DESC, r.id DESC LIMIT 1
) a ON true
LEFT JOIN LATERAL (
  SELECT r.fact, r.gone FROM evidence_record r WHERE r.organization_id = s.organization_id AND r.subject_id = s.id
  AND r.observed_at <= %(later)s ORDER BY r.observed_at DESC, r.id DESC LIMIT 1
) b ON true
WHERE s.organization_id = %(organization)s AND s.stream_id = %(stream)s
"""
MOST_FIELDS = 40


@dataclass(frozen=True, slots=True)
class Then:
    """One subject that was there at the instant, with the record in force."""

    subject_id: uuid.UUID
    key: str
    name: str
    record_id: uuid.UUID
    since: datetime
    fact: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One subject that differs. `kind`: added, gone or changed; `fields`: (name, before, after) as JSON texts."""

    subject_id: uuid.UUID
    key: str
    name: str
    kind: str
    at: datetime
    earlier_record: uuid.UUID | None
    later_record: uuid.UUID
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many were there at both instants, and how many came, went and changed."""

    earlier: int
    later: int
    added: int
    gone: int
    changed: int


def streams() -> list[Stream]:
    """Every stream with its source, by vendor, account and kind."""
    return list(Stream.objects.select_related("source").order_by("vendor", "source__account", "kind"))


def stream_by_id(stream_id: uuid.UUID) -> Stream | None:
    """The stream of that id with its source."""
    return Stream.objects.select_related("source").filter(pk=stream_id).first()


def stream_at(stream_id: uuid.UUID, at: datetime, *, after: str = "", limit: int = 100) -> list[Then]:
    """Who was there at an instant, by key; `after` is the key of the last one seen."""
    return [Then(*row) for row in _asked(THEN, stream=stream_id, at=at, after=after, limit=limit)]


def difference(stream_id: uuid.UUID, earlier: datetime, later: datetime, *, after: str = "", limit: int = 100) -> list[Difference]:
    """Who differs between two instants, by key."""
    rows = _asked(DIFFERENT, stream=stream_id, earlier=earlier, later=later, after=after, limit=limit)
    return [_difference(*row) for row in rows]


def counts_between(stream_id: uuid.UUID, earlier: datetime, later: datetime) -> Counts:
    """The numbers of a difference; with twice the same instant, how many were there then."""
    return Counts(*_asked(COUNTS, stream=stream_id, earlier=earlier, later=later)[0])


def fields_between(before: dict[str, Any], after: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Fields whose values differ, with both values as JSON texts."""
    names = [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
    return tuple((name, _text(before, name), _text(after, name)) for name in names[:MOST_FIELDS])


def _text(fact: dict[str, Any], name: str) -> str:
    return json.dumps(fact[name], ensure_ascii=False) if name in fact else ""


def _difference(
    subject_id: Any, key: str, name: str, a_id: Any, a_fact: Any, a_gone: Any, b_id: Any, b_fact: Any, b_gone: bool, at: datetime
) -> Difference:
    before = json.loads(a_fact) if a_fact and not a_gone else None
    after = json.loads(b_fact) if b_fact and not b_gone else None
    kind = "added" if before is None else "gone" if after is None else "changed"
    fields = fields_between(before, after) if before is not None and after is not None else ()
    return Difference(subject_id, key, name, kind, at, a_id, b_id, fields)


def _asked(sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"organization": scope.organization_id(), **parameters})
        return cursor.fetchall()
