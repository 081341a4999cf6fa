"""What the view of a period needs beyond states: groups, occurrences in figures, reasons of one control, and what was changed."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from compliance.tenancy import scope
from compliance.tenancy.together import Question
from controls.models import Health

FAILURE_ORDER = ("-from_at", "id")
GROUPINGS = ("series", "criterion", "category", "owner", "area", "system")

# Groups that each control stands in: a control that answers to several criteria stands in each of them.
_BY_CRITERION = """
SELECT cc.control_id, {name} FROM controls_controlcriterion cc JOIN controls_criterion c ON c.code = cc.criterion_id
WHERE cc.organization_id = %s GROUP BY 1, 2
"""
_BY_SYSTEM = """
SELECT l.control_id, split_part(l.check_id, '.', 1) FROM controls_controlcheck l
WHERE l.organization_id = %s AND l.kind IN ('design', 'operation') GROUP BY 1, 2
"""
OCCURRENCES = """
SELECT control_id, count(*), count(*) FILTER (WHERE performed_at <= late_at),
       count(*) FILTER (WHERE performed_at > late_at AND performed_at <= %s),
       count(*) FILTER (WHERE late_at <= %s AND (performed_at IS NULL OR performed_at > %s))
FROM controls_occurrence WHERE organization_id = %s AND due_at > %s AND due_at <= %s GROUP BY control_id
"""


@dataclass(frozen=True, slots=True)
class Performed:
    """Occurrences of a control that fell due in a stretch: how many, performed in time, late, and missed so far."""

    due: int
    done: int
    late: int
    missed: int


def groups_asked(by: str) -> Question:
    """(control, name of a group) for a grouping that the rows themselves do not tell: criterion, series, category, system."""
    if by == "system":
        return Question(_BY_SYSTEM, (scope.organization_id(),), (uuid.UUID, str))
    name = {"criterion": "c.code", "series": "split_part(c.code, '.', 1)", "category": "c.category"}[by]
    return Question(_BY_CRITERION.format(name=name), (scope.organization_id(),), (uuid.UUID, str))


def occurrences_asked(start: datetime, end: datetime, at: datetime) -> Question:
    """Figures of occurrences that fell due in (start, end], as known at `at`: control and `Performed`."""
    params = (at, at, at, scope.organization_id(), start, min(end, at))
    return Question(OCCURRENCES, params, (uuid.UUID, int, int, int, int), lambda row: (row[0], Performed(*row[1:])))


def reasons_within(control_id: uuid.UUID, start: datetime, end: datetime, limit: int = 200) -> list[Health]:
    """Pieces of one control's health that touch a stretch, latest first, with their reasons."""
    pieces = Health.objects.filter(control=control_id, from_at__lt=end).exclude(until_at__lte=start)
    return list(pieces.order_by("-from_at")[:limit])


def grouped_by_control(rows: Iterable[tuple[uuid.UUID, str]]) -> dict[uuid.UUID, list[str]]:
    """The groups of each control, in order."""
    groups: dict[uuid.UUID, list[str]] = {}
    for control_id, name in sorted(rows, key=lambda row: row[1]):
        groups.setdefault(control_id, []).append(name)
    return groups


def failures_within(start: datetime, end: datetime, *, waived: bool = True) -> QuerySet[Health]:
    """Every stretch in which a control failed (waived or not) that touches a stretch of time, with its control: nothing is left out.
    Page it by FAILURE_ORDER."""
    states = ["failed", "waived"] if waived else ["failed"]
    pieces = Health.objects.filter(state__in=states, from_at__lt=end).exclude(until_at__lte=start)
    return pieces.select_related("control__owner__user")


def gaps_within(start: datetime, end: datetime) -> QuerySet[Health]:
    """Every stretch in which a control was not observed."""
    return Health.objects.filter(state="not_observed", from_at__lt=end).exclude(until_at__lte=start).select_related("control__owner__user")
