"""Reading problems."""

import uuid
from collections.abc import Sequence

from django.db.models import QuerySet

from compliance.work.models import Problem


def open_problems(*, about_id: uuid.UUID | None = None, limit: int = 50) -> Sequence[Problem]:
    """Open problems, the ones that blind most first."""
    return list(open_problem_rows(limit, about_id))


def open_problem_rows(limit: int, about_id: uuid.UUID | None = None) -> QuerySet[Problem]:
    """The same, to be asked together with other things."""
    problems = Problem.objects.filter(resolved_at=None)
    if about_id is not None:
        problems = problems.filter(about_id=about_id)
    return problems.order_by("-affected", "opened_at")[:limit]
