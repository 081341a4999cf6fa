"""Points of checks over time, and who failed when."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from compliance.tenancy import scope
from controls.models import CheckPoint, Verdict
from controls.outcomes import UNREADABLE, Outcome

# The one in force at the start is found at the end of the index, whatever came before it.
POINTS = """
SELECT found.* FROM unnest(%(checks)s::uuid[]) AS asked (id) CROSS JOIN LATERAL (
  (SELECT * FROM controls_checkpoint p WHERE p.organization_id = %(organization)s AND p.check_row_id = asked.id AND p.at <= %(start)s
   ORDER BY p.at DESC, p.id DESC LIMIT 1)
  UNION ALL
  (SELECT * FROM controls_checkpoint p WHERE p.organization_id = %(organization)s AND p.check_row_id = asked.id
   AND p.at > %(start)s AND p.at < %(end)s)
) found ORDER BY found.at, found.id
"""


def unreadable_now(check_row: uuid.UUID) -> int:
    """Subjects that the check cannot judge now, because their facts hold a value that it cannot read."""
    return Verdict.objects.filter(check_row=check_row, outcome=Outcome.NO_DATA, reason=UNREADABLE).count()


def points_in(check_rows: Iterable[uuid.UUID], start: datetime, end: datetime) -> dict[uuid.UUID, list[CheckPoint]]:
    """Each check's points within [start, end), preceded by the one in force at `start`."""
    points: dict[uuid.UUID, list[CheckPoint]] = defaultdict(list)
    params = {"organization": scope.organization_id(), "checks": list(check_rows), "start": start, "end": end}
    for point in CheckPoint.objects.raw(POINTS, params):
        points[point.check_row_id].append(point)
    return points


@dataclass(frozen=True, slots=True)
class SubjectVerdict:
    """A subject with one verdict interval; `until` is None while it lasts."""

    subject_id: uuid.UUID
    name: str
    key: str
    region: str
    outcome: int
    reason: str
    since: datetime
    until: datetime | None
    record_id: uuid.UUID
    gone: bool


AT = """
SELECT s.id, s.name, s.key, s.region, v.outcome, v.reason, v.since, NULL::timestamptz, v.record_id, s.gone_at IS NOT NULL
FROM controls_verdict v JOIN evidence_subject s ON s.organization_id = v.organization_id AND s.id = v.subject_id
WHERE v.organization_id = %(organization)s AND v.check_row_id = %(check)s AND v.outcome = ANY(%(outcomes)s) AND v.since <= %(at)s
"""
AT_PAST = """
UNION ALL
SELECT s.id, s.name, s.key, s.region, p.outcome, p.reason, lower(p.during), upper(p.during), p.record_id, s.gone_at IS NOT NULL
FROM controls_verdictpast p JOIN evidence_subject s ON s.organization_id = p.organization_id AND s.id = p.subject_id
WHERE p.organization_id = %(organization)s AND p.check_row_id = %(check)s AND p.outcome = ANY(%(outcomes)s) AND p.during @> %(at)s
"""


def subjects_at(
    check_row: uuid.UUID, at: datetime, outcomes: Iterable[int], *, live: bool, after: str = "", limit: int = 50
) -> list[SubjectVerdict]:
    """Subjects with one of these outcomes at an instant, by since and key; `after` is the key of the last one seen."""
    sql = AT if live else AT + AT_PAST
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({sql}) found (id, name, key, region, outcome, reason, since, until_at, record_id, gone) "
            "WHERE key > %(after)s ORDER BY key LIMIT %(limit)s",
            {
                "organization": scope.organization_id(), "check": check_row, "at": at, "outcomes": list(outcomes), "after": after, "limit": limit,
            },
        )  # fmt: skip
        return [SubjectVerdict(*row) for row in cursor.fetchall()]


def first_failing(check_rows: Iterable[uuid.UUID], at: datetime, *, live: bool, limit: int) -> dict[uuid.UUID, list[SubjectVerdict]]:
    """Per check the first subjects, by key, that failed at an instant: for several checks in one round trip."""
    sql = (AT if live else AT + AT_PAST).replace("%(check)s", "asked.id")
    failing: dict[uuid.UUID, list[SubjectVerdict]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.id, found.* FROM unnest(%(checks)s::uuid[]) AS asked (id) CROSS JOIN LATERAL ("
            f"SELECT * FROM ({sql}) every (id, name, key, region, outcome, reason, since, until_at, record_id, gone) "
            "ORDER BY key LIMIT %(limit)s) found ORDER BY asked.id, found.key",
            {"organization": scope.organization_id(), "checks": list(check_rows), "at": at, "outcomes": [1], "limit": limit},
        )
        for check_row, *verdict in cursor.fetchall():
            failing[check_row].append(SubjectVerdict(*verdict))
    return failing


def fixed_in(check_row: uuid.UUID, start: datetime, end: datetime, limit: int = 50) -> list[SubjectVerdict]:
    """Failing intervals that ended within the period, newest first: a failure fixed quickly is still shown."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.name, s.key, s.region, p.outcome, p.reason, lower(p.during), upper(p.during), p.record_id, s.gone_at IS NOT NULL "
            "FROM controls_verdictpast p JOIN evidence_subject s ON s.organization_id = p.organization_id AND s.id = p.subject_id "
            "WHERE p.organization_id = %s AND p.check_row_id = %s AND p.outcome = 1 AND p.during && tstzrange(%s, %s) "
            "ORDER BY upper(p.during) DESC LIMIT %s",
            [scope.organization_id(), check_row, start, end, limit],
        )
        return [SubjectVerdict(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class VerdictOfSubject:
    """A verdict interval on a subject's page."""

    check_id: str
    outcome: int
    reason: str
    since: datetime
    until: datetime | None
    record_id: uuid.UUID
    id: uuid.UUID | None = None


def verdicts_of_subject(subject_id: uuid.UUID) -> list[VerdictOfSubject]:
    """All verdict intervals of a subject, open ones first, then by their end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.check_id, v.outcome, v.reason, v.since, NULL::timestamptz, v.record_id, v.id FROM controls_verdict v "
            "JOIN controls_check c ON c.organization_id = v.organization_id AND c.id = v.check_row_id "
            "WHERE v.organization_id = %(organization)s AND v.subject_id = %(subject)s UNION ALL "
            "SELECT c.check_id, p.outcome, p.reason, lower(p.during), upper(p.during), p.record_id, p.id FROM controls_verdictpast p "
            "JOIN controls_check c ON c.organization_id = p.organization_id AND c.id = p.check_row_id "
            "WHERE p.organization_id = %(organization)s AND p.subject_id = %(subject)s ORDER BY 5 DESC NULLS FIRST, 1 LIMIT 500",
            {"organization": scope.organization_id(), "subject": subject_id},
        )
        return [VerdictOfSubject(*row) for row in cursor.fetchall()]
