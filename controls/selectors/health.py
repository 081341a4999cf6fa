"""Health of controls as pages need it: now or as of an instant, and over a period."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from compliance.tenancy import scope
from controls.outcomes import ControlState
from evidence.selectors.streams import unmarked_stale

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
SELECT c.id, c.code, c.title, c.area, c.severity, c.frequency, c.owner_id, coalesce(u.name, ''), coalesce(h.state, 'not_observed'),
       coalesce(h.reason, ''), h.from_at
FROM controls_control c
LEFT JOIN controls_health h ON h.organization_id = c.organization_id AND h.control_id = c.id AND h.from_at <= %(at)s
  AND (h.until_at IS NULL OR h.until_at > %(at)s)
LEFT JOIN members_membership m ON m.organization_id = c.organization_id AND m.id = c.owner_id
LEFT JOIN members_user u ON u.id = m.user_id
WHERE c.organization_id = %(organization)s AND c.adopted_at <= %(at)s AND (c.retired_at IS NULL OR c.retired_at > %(at)s)
"""


def control_rows(at: datetime) -> list[ControlRow]:
    """Every control in force at `at`, by code, with its state then. A stream that ran out while no worker marked it makes its
    controls not observed here already."""
    with connection.cursor() as cursor:
        cursor.execute(LIST + "ORDER BY c.code", {"organization": scope.organization_id(), "at": at})
        return [ControlRow(*row) for row in cursor.fetchall()]


def unmarked_stale_kinds(at: datetime) -> dict[tuple[str, str], datetime]:
    """(vendor, kind) of streams whose time is over although nobody has marked them: the worker is behind or dead."""
    return {(vendor, kind): since for vendor, kind, since in unmarked_stale(at)}


def health_pieces(control_ids: Iterable[uuid.UUID], start: datetime, end: datetime) -> dict[uuid.UUID, list[EpochPiece]]:
    """Pieces of health per control within [start, end), as epoch seconds; an open piece ends at `end`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT control_id, extract(epoch FROM greatest(from_at, %(start)s))::float8, "
            "extract(epoch FROM least(coalesce(until_at, %(end)s), %(end)s))::float8, state FROM controls_health "
            "WHERE organization_id = %(organization)s AND control_id = ANY(%(controls)s) AND from_at < %(end)s "
            "AND (until_at IS NULL OR until_at > %(start)s) ORDER BY control_id, from_at",
            {"organization": scope.organization_id(), "controls": list(control_ids), "start": start, "end": end},
        )
        pieces: dict[uuid.UUID, list[EpochPiece]] = defaultdict(list)
        for control_id, begin, finish, state in cursor.fetchall():
            pieces[control_id].append((begin, finish, state))
    return pieces


def counts_by_state(rows: Sequence[ControlRow]) -> dict[str, int]:
    """How many controls are in each of the five states."""
    counts = {state.value: 0 for state in ControlState}
    for row in rows:
        counts[row.state] += 1
    return counts


def observed_pieces(start: datetime, end: datetime) -> list[tuple[float, float]]:
    """When every stream that was ever read in the period was observed: the intersection of their coverage, each piece lasting for its
    allowed staleness."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM lower(r))::float8, extract(epoch FROM upper(r))::float8 FROM ("
            "  SELECT unnest(range_intersect_agg(pieces)) AS r FROM ("
            "    SELECT range_agg(tstzrange(c.from_at, c.until_at + make_interval(secs => s.staleness_seconds))) AS pieces"
            "    FROM evidence_coverage c JOIN evidence_stream s ON s.organization_id = c.organization_id AND s.id = c.stream_id"
            "    WHERE c.organization_id = %(organization)s AND c.from_at < %(end)s AND c.until_at > %(start)s GROUP BY s.id"
            "  ) per_stream) pieces ORDER BY 1",
            {"organization": scope.organization_id(), "start": start, "end": end},
        )
        return [(max(begin, start.timestamp()), min(finish, end.timestamp())) for begin, finish in cursor.fetchall()]
