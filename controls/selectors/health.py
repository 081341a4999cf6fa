"""Health of controls as pages need it: now or as of an instant, and over a period."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from compliance.tenancy import scope
from compliance.tenancy.together import Question, ask
from controls.outcomes import ControlState

EpochPiece = tuple[float, float, str]


@dataclass(frozen=True, slots=True)
class ControlRow:
    """One control in a list, with its state at the instant told of."""

    id: uuid.UUID
    code: str
    title: str
    area: str
    severity: str
    frequency: str
    owner_id: uuid.UUID | None
    owner: str
    state: str
    reason: str
    since: datetime | None


LIST = """
SELECT c.id, c.code, c.title, c.area, c.severity, c.frequency, c.owner_id, coalesce(u.name, '') AS owner,
       coalesce(h.state, 'not_observed') AS state, coalesce(h.reason, '') AS reason, h.from_at
FROM controls_control c
LEFT JOIN controls_health h ON h.organization_id = c.organization_id AND h.control_id = c.id AND h.from_at <= %s
  AND (h.until_at IS NULL OR h.until_at > %s)
LEFT JOIN members_membership m ON m.organization_id = c.organization_id AND m.id = c.owner_id
LEFT JOIN members_user u ON u.id = m.user_id
WHERE c.organization_id = %s AND c.adopted_at <= %s AND (c.retired_at IS NULL OR c.retired_at > %s)
"""
GROUPS = """
SELECT control_id, array_agg(DISTINCT split_part(criterion_id, '.', 1)) AS names FROM controls_controlcriterion
WHERE organization_id = %s GROUP BY control_id
"""
READERS = (uuid.UUID, str, str, str, str, str, uuid.UUID, str, str, str, datetime.fromisoformat)
PIECES = """
SELECT control_id, extract(epoch FROM greatest(from_at, %s))::float8, extract(epoch FROM least(coalesce(until_at, %s), %s))::float8, state
FROM controls_health
WHERE organization_id = %s AND control_id = ANY(%s) AND from_at < %s AND (until_at IS NULL OR until_at > %s) ORDER BY control_id, from_at
"""
# What is derived from other sources (people joined, evidence about evidence) is no look of its own
OBSERVED = """
SELECT extract(epoch FROM lower(r))::float8, extract(epoch FROM upper(r))::float8 FROM (
  SELECT unnest(range_intersect_agg(pieces)) AS r FROM (
    SELECT range_agg(tstzrange(c.from_at, c.until_at + make_interval(secs => s.staleness_seconds))) AS pieces
    FROM evidence_coverage c JOIN evidence_stream s ON s.organization_id = c.organization_id AND s.id = c.stream_id
    WHERE c.organization_id = %s AND c.from_at < %s AND c.until_at > %s AND s.vendor NOT IN ('people', 'quality') GROUP BY s.id
  ) per_stream) pieces ORDER BY 1
"""


def failure_key(control_id: uuid.UUID, since: datetime) -> str:
    """What one failure of a control is called for ever: under this key people are told of it, and who was told is found."""
    return f"control:{control_id}:failed:{since.isoformat()}"


def control_rows(at: datetime) -> list[ControlRow]:
    """Every control in force at `at`, by code, with its state then. A stream that ran out while no worker marked it makes its
    controls not observed only where `controls.staleness` is laid over them."""
    return ask(rows_asked(at))[0]


def rows_asked(at: datetime, code: str = "") -> Question:
    """The question for `control_rows`, or for the row of one control, to be asked together with other things."""
    return _rows_asked(at, f"{LIST} AND c.code = %s" if code else f"{LIST} ORDER BY c.code", (code,) if code else ())


def grouped_rows_asked(at: datetime) -> Question:
    """The question for `control_rows`, each with the groups of criteria (CC6, A1) that the control answers to: pairs of row and groups."""
    organization = scope.organization_id()
    sql = f"SELECT listed.*, grouped.names FROM ({LIST}) listed LEFT JOIN ({GROUPS}) grouped ON grouped.control_id = listed.id ORDER BY listed.code"
    rows = _rows_asked(at, sql, (organization,))
    return replace(rows, readers=(*READERS, list), made=lambda row: (ControlRow(*row[:-1]), row[-1] or []))


def _rows_asked(at: datetime, sql: str, more: tuple) -> Question:
    return Question(sql, (at, at, scope.organization_id(), at, at, *more), READERS, lambda row: ControlRow(*row))


def health_pieces(control_ids: Iterable[uuid.UUID], start: datetime, end: datetime) -> dict[uuid.UUID, list[EpochPiece]]:
    """Pieces of health per control within [start, end), as epoch seconds; an open piece ends at `end`."""
    return by_control(ask(pieces_asked(control_ids, start, end))[0])


def health_and_coverage(
    control_ids: Iterable[uuid.UUID], start: datetime, end: datetime
) -> tuple[dict[uuid.UUID, list[EpochPiece]], list[tuple[float, float]]]:
    """`health_pieces` and `observed_pieces` in one round trip: what a page of strips under the ruler needs."""
    pieces, observed = ask(pieces_asked(control_ids, start, end), observed_asked(start, end))
    return by_control(pieces), clipped(observed, start, end)


def observed_pieces(start: datetime, end: datetime) -> list[tuple[float, float]]:
    """When every stream that was ever read in the period was observed: the intersection of their coverage, each piece lasting for its
    allowed staleness."""
    return clipped(ask(observed_asked(start, end))[0], start, end)


def pieces_asked(control_ids: Iterable[uuid.UUID], start: datetime, end: datetime) -> Question:
    """The question for `health_pieces`: rows of control and piece."""
    params = (start, end, end, scope.organization_id(), list(control_ids), end, start)
    return Question(PIECES, params, (uuid.UUID, float, float, str))


def observed_asked(start: datetime, end: datetime) -> Question:
    """The question for `observed_pieces`."""
    return Question(OBSERVED, (scope.organization_id(), end, start), (float, float))


def by_control(rows: Iterable[tuple[uuid.UUID, float, float, str]]) -> dict[uuid.UUID, list[EpochPiece]]:
    """Pieces per control."""
    pieces: dict[uuid.UUID, list[EpochPiece]] = defaultdict(list)
    for control_id, begin, finish, state in rows:
        pieces[control_id].append((begin, finish, state))
    return pieces


def clipped(observed: Iterable[tuple[float, float]], start: datetime, end: datetime) -> list[tuple[float, float]]:
    """Coverage within [start, end)."""
    return [(max(begin, start.timestamp()), min(finish, end.timestamp())) for begin, finish in observed]


def counts_by_state(rows: Sequence[ControlRow]) -> dict[str, int]:
    """How many controls are in each of the five states."""
    counts = {state.value: 0 for state in ControlState}
    for row in rows:
        counts[row.state] += 1
    return counts
