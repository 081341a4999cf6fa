"""What the log says of changed verdicts, said by the statement of SQL that changes them: a hundred thousand of them never travel.

A statement of kind `verdicts` holds up to a thousand changes, each with check, version of its logic, subject, outcome, reason, the record
that was judged, and since when it holds. An outcome of null: the check says nothing of the subject any more. `to_json` writes text
exactly as RFC 8785 does, and keys stand in order here, so the payload is canonical.
"""

from compliance.vault.services.statements import TOLD

AT_ONCE = 1000


def _telling(changed: str, *, outcome: str, since: str, record: str, reason: str, check: str, subject: str) -> str:
    """Common table expressions to follow the one named `changed`, whose columns hold what is named here. `outcome` may be NULL. They
    need the parameters `organization` and `now`."""
    return f"""lines AS MATERIALIZED (
  SELECT row_number() OVER () AS place,
    '{{"check":' || to_json(c.check_id) || ',"logic":' || c.logic_version
      || ',"outcome":' || coalesce('"' || (ARRAY['pass', 'fail', 'not_applicable', 'no_data'])[{outcome} + 1] || '"', 'null')
      || ',"reason":' || to_json({reason}) || ',"record":"' || {record} || '","since":"'
      || to_char({since} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","subject":"' || {subject} || '"}}' AS line
  FROM {changed} JOIN controls_check c ON c.organization_id = %(organization)s AND c.id = {check}
), said AS (
  SELECT 'verdicts' AS kind, uuidv7() AS ref, %(now)s::timestamptz AS at,
    '{{"changes":[' || string_agg(line, ',' ORDER BY place) || ']}}' AS payload
  FROM lines GROUP BY (place - 1) / {AT_ONCE}
), {TOLD}"""


TURNED_TOLD = _telling(
    "turned t", outcome="t.outcome", since="t.since", record="t.record", reason="t.reason", check="t.check_row", subject="t.subject"
)
"""For rows of `turned` (columns of staged_verdict, and `since`)."""

CLOSED_TOLD = _telling(
    "closed t",
    outcome="NULL::int",
    since="t.closed_at",
    record="t.record_id",
    reason="''::text",
    check="t.check_row_id",
    subject="t.subject_id",
)
"""For rows of `closed` (columns of controls_verdict, and `closed_at`)."""
