"""Subjects under a check, verdicts of a subject and points of a check, a page at a time and as of an instant."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from compliance.tenancy import scope
from controls.models import CheckPoint
from controls.selectors.moments import Moment
from controls.selectors.points import AT, AT_PAST, SubjectVerdict, VerdictOfSubject, points_in

FIRST = uuid.UUID(int=0)
VERDICTS = """
SELECT check_id, outcome, reason, since, until_at, record_id, id FROM (
  SELECT c.check_id, v.outcome, v.reason, v.since, NULL::timestamptz AS until_at, v.record_id, v.id
  FROM controls_verdict v JOIN controls_check c ON c.organization_id = v.organization_id AND c.id = v.check_row_id
  WHERE v.organization_id = %(organization)s AND v.subject_id = %(subject)s AND v.since <= %(at)s
  UNION ALL
  SELECT c.check_id, p.outcome, p.reason, lower(p.during), CASE WHEN upper(p.during) <= %(at)s THEN upper(p.during) END, p.record_id, p.id
  FROM controls_verdictpast p JOIN controls_check c ON c.organization_id = p.organization_id AND c.id = p.check_row_id
  WHERE p.organization_id = %(organization)s AND p.subject_id = %(subject)s AND lower(p.during) <= %(at)s
) intervals
WHERE %(first)s OR (coalesce(until_at, 'infinity'), id) < (coalesce(%(until)s::timestamptz, 'infinity'), %(id)s::uuid)
ORDER BY coalesce(until_at, 'infinity') DESC, id DESC LIMIT %(limit)s
"""


def subjects_page(
    check_row: uuid.UUID, at: datetime, outcomes: Iterable[int], *, live: bool, after: tuple[str, uuid.UUID] | None, limit: int
) -> list[SubjectVerdict]:
    """Subjects with one of these outcomes at an instant, by key and id; `after` is the key and id of the last one seen. Two sources may
    have a subject of the same key, hence the id. What ended after `at` lasted then: its `until` is None."""
    key, last = after or ("", FIRST)
    sql = AT if live else AT + AT_PAST
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, key, region, outcome, reason, since, NULL::timestamptz, record_id, gone "
            f"FROM ({sql}) found (id, name, key, region, outcome, reason, since, until_at, record_id, gone) "
            "WHERE (key, id) > (%(key)s, %(last)s) ORDER BY key, id LIMIT %(limit)s",
            {
                "organization": scope.organization_id(), "check": check_row, "at": at, "outcomes": list(outcomes), "key": key, "last": last,
                "limit": limit,
            },
        )  # fmt: skip
        return [SubjectVerdict(*row) for row in cursor.fetchall()]


def verdicts_page(
    subject_id: uuid.UUID, at: datetime, *, after: tuple[datetime | None, uuid.UUID] | None, limit: int
) -> list[tuple[VerdictOfSubject, uuid.UUID]]:
    """Verdict intervals of a subject as known at an instant, with their ids: those that lasted then first, then by their end. `after` is
    end and id of the last one seen."""
    until, last = after or (None, FIRST)
    with connection.cursor() as cursor:
        cursor.execute(
            VERDICTS,
            {
                "organization": scope.organization_id(), "subject": subject_id, "at": at, "first": after is None, "until": until, "id": last,
                "limit": limit,
            },
        )  # fmt: skip
        return [(VerdictOfSubject(*row[:6]), row[6]) for row in cursor.fetchall()]


def points_between(check_row: uuid.UUID, start: datetime, until: datetime) -> QuerySet[CheckPoint]:
    """A check's points from the one in force at `start` to `until`; page by (at, id)."""
    own = CheckPoint.objects.filter(check_row=check_row)
    first = own.filter(at__lte=start).order_by("-at", "-id").values("at", "pk").first()
    within = Q(at__gt=start, at__lte=until)
    return own.filter(within | Q(pk=first["pk"], at__lte=until)) if first else own.filter(within)


def points_told(check_rows: Iterable[uuid.UUID], moment: Moment) -> dict[uuid.UUID, list[CheckPoint]]:
    """Each check's points from the one in force where the period begins up to the instant told of, which may lie before the period or
    after it: the last one says how the check stood then."""
    return points_in(check_rows, min(moment.start, moment.until), moment.at + timedelta(microseconds=1))
