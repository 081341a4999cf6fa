"""Single verdicts, open or closed, and what was in force when they were reached."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from compliance.tenancy import scope
from controls.models import Check, CheckVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVerdict:
    """One verdict interval as stored. `until` is None while it lasts; `record_id` is the record that it rested on last."""

    id: uuid.UUID
    check_row: uuid.UUID
    check_id: str
    subject_id: uuid.UUID
    key: str
    name: str
    outcome: int
    reason: str
    since: datetime
    until: datetime | None
    record_id: uuid.UUID


_SQL = """
SELECT v.id, c.id, c.check_id, s.id, s.key, s.name, v.outcome, v.reason, v.since, v.until_at, v.record_id FROM (
  SELECT id, organization_id, check_row_id, subject_id, outcome, reason, since, NULL::timestamptz AS until_at, record_id
  FROM controls_verdict WHERE organization_id = %(organization)s
  UNION ALL
  SELECT id, organization_id, check_row_id, subject_id, outcome, reason, lower(during), upper(during), record_id
  FROM controls_verdictpast WHERE organization_id = %(organization)s
) v
JOIN controls_check c ON c.organization_id = v.organization_id AND c.id = v.check_row_id
JOIN evidence_subject s ON s.organization_id = v.organization_id AND s.id = v.subject_id
WHERE
"""


def verdict_by_id(verdict_id: uuid.UUID) -> StoredVerdict | None:
    """The open or closed verdict of that id."""
    return next(iter(_rows("v.id = %(id)s", {"id": verdict_id})), None)


def verdicts_of(
    *, check_id: str = "", subject: str = "", at: datetime | None = None, limit: int = 100, after: uuid.UUID | None = None
) -> list[StoredVerdict]:
    """Verdicts of a check, of the subject with that key, in force at an instant: whatever is given narrows. By id, at most `limit`."""
    conditions, given = ["TRUE"], {}
    if check_id:
        conditions.append("c.check_id = %(check)s")
        given["check"] = check_id
    if subject:
        conditions.append("s.key = %(key)s")
        given["key"] = subject
    if at is not None:
        conditions.append("v.since <= %(at)s AND (v.until_at IS NULL OR v.until_at > %(at)s)")
        given["at"] = at
    if after is not None:
        conditions.append("v.id > %(after)s")
        given["after"] = after
    return _rows(" AND ".join(conditions) + " ORDER BY v.id LIMIT %(limit)s", {**given, "limit": limit})


def sampled_verdicts(number: int) -> list[StoredVerdict]:
    """That many verdicts, spread over all checks by a hash of their ids: the same ones whenever asked of the same history."""
    return _rows("TRUE ORDER BY md5(v.id::text) LIMIT %(limit)s", {"limit": number})


def verdicts_of_checks(check_ids: Sequence[str], start: datetime, until: datetime) -> list[StoredVerdict]:
    """Every verdict interval of these checks that lasted in [start, until), by check, subject and time."""
    condition = (
        "c.check_id = ANY(%(checks)s) AND v.since < %(until)s AND (v.until_at IS NULL OR v.until_at > %(start)s) "
        "ORDER BY c.check_id, s.key, s.id, v.since"
    )
    return _rows(condition, {"checks": list(check_ids), "start": start, "until": until})


def verdicts_over(check_ids: Sequence[str], start: datetime, until: datetime) -> Iterator[StoredVerdict]:
    """As `verdicts_of_checks`, check by check, so that only one check's are held."""
    for check_id in sorted(check_ids):
        yield from verdicts_of_checks([check_id], start, until)


def versions_over(check_row: uuid.UUID) -> list[CheckVersion]:
    """Logic and parameters of a check over time, the oldest first."""
    return list(CheckVersion.objects.filter(check_row=check_row).order_by("from_at", "id"))


def outdated_checks(versions: dict[str, int]) -> list[Check]:
    """Checks whose logic in force is not the version given for them."""
    return [each for each in Check.objects.order_by("check_id") if versions.get(each.check_id, each.logic_version) != each.logic_version]


def _rows(condition: str, parameters: dict[str, object]) -> list[StoredVerdict]:
    names = list(StoredVerdict.__dataclass_fields__)
    with connection.cursor() as cursor:
        cursor.execute(_SQL + condition, {"organization": scope.organization_id(), **parameters})
        return [StoredVerdict(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
