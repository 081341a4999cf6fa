"""Deriving the health of controls from points of their deciding checks and from occurrences."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from controls.health import Due, Piece, Point, pieces
from controls.models import Check, CheckPoint, Control, ControlCheck, Health, Occurrence
from controls.outcomes import CheckState
from controls.registry import definitions

OPEN = timedelta(seconds=1)  # the open piece is computed up to just after now and stored without an end


def _derive_health(check_ids: set[str], start: datetime, now: datetime, control_ids: set[uuid.UUID] | None = None) -> int:
    """Inner step of an action: determine again the health of every control that these checks decide (and of those named) from `start`
    on, and write only what differs. Returns the number of controls looked at."""
    controls = set(control_ids or ())
    if check_ids:
        controls |= set(ControlCheck.objects.filter(check_id__in=check_ids).exclude(kind="supporting").values_list("control_id", flat=True))
    wanted = {control.pk: control for control in Control.objects.filter(pk__in=controls, retired_at=None)}
    if not wanted:
        return 0
    links = _deciding(wanted)
    points = _points({check for checks in links.values() for check in checks}, start)
    dues = _dues(wanted)
    existing = defaultdict(list)
    for row in Health.objects.filter(control__in=wanted).exclude(until_at__lte=start).order_by("from_at"):
        existing[row.control_id].append(row)
    end = max(now, start) + OPEN
    for control_id in wanted:
        own = [point for check in links.get(control_id, ()) for point in points.get(check, ())]
        _store(control_id, pieces(own, dues.get(control_id, []), start, end), existing[control_id], start)
    return len(wanted)


def _deciding(controls: dict[uuid.UUID, Control]) -> dict[uuid.UUID, list[str]]:
    known = definitions()
    links: dict[uuid.UUID, list[str]] = defaultdict(list)
    for control_id, check_id in (
        ControlCheck.objects.filter(control__in=controls).exclude(kind="supporting").values_list("control_id", "check_id")
    ):
        # A check without logic can never look; it is listed with its missing source, and decides nothing.
        if check_id in known and known[check_id].version:
            links[control_id].append(check_id)
    return links


def _points(check_ids: set[str], start: datetime) -> dict[str, list[Point]]:
    rows = {check.pk: check.check_id for check in Check.objects.filter(check_id__in=check_ids)}
    columns = ("check_row_id", "at", "state", "failing", "waived", "explained", "detail")
    before = (
        CheckPoint.objects.filter(check_row__in=rows, at__lte=start)
        .order_by("check_row_id", "-at", "-id")
        .distinct("check_row_id")
        .values_list(*columns)
    )
    after = CheckPoint.objects.filter(check_row__in=rows, at__gt=start).order_by("at", "id").values_list(*columns)
    points: dict[str, list[Point]] = defaultdict(list)
    for row in [*before, *after]:
        name = rows[row[0]]
        points[name].append(Point(row[1], name, CheckState(row[2]), row[3], row[4], row[5], row[6]))
    return points


def _dues(controls: dict[uuid.UUID, Control]) -> dict[uuid.UUID, list[Due]]:
    dues: dict[uuid.UUID, list[Due]] = defaultdict(list)
    rows = Occurrence.objects.filter(control__in=controls).values_list("control_id", "opens_at", "due_at", "late_at", "performed_at")
    for control_id, *instants in rows:
        dues[control_id].append(Due(*instants))
    return dues


def _store(control_id: uuid.UUID, found: Sequence[Piece], existing: Sequence[Health], start: datetime) -> None:
    """Make the rows from `start` on equal to `found`; the row that spans `start` is cut, or grows when the state goes on."""
    spanning = existing[0] if existing and existing[0].from_at < start else None
    later = existing[1:] if spanning else list(existing)
    first, *rest = found
    wanted = [(piece.state.value, piece.reason, piece.start, piece.end) for piece in (first, *rest)]
    wanted[-1] = (*wanted[-1][:3], None)
    if spanning is not None and (spanning.state, spanning.reason) == wanted[0][:2]:
        wanted[0] = (*wanted[0][:2], spanning.from_at, wanted[0][3])
        later = [spanning, *later]
    elif spanning is not None:
        Health.objects.filter(pk=spanning.pk).update(until_at=start)
    have = {(row.state, row.reason, row.from_at, row.until_at): row for row in later}
    keep = {key for key in wanted if key in have}
    Health.objects.filter(pk__in=[row.pk for key, row in have.items() if key not in keep]).delete()
    Health.objects.bulk_create(
        [Health(control_id=control_id, state=s, reason=r, from_at=f, until_at=u) for s, r, f, u in wanted if (s, r, f, u) not in keep]
    )
