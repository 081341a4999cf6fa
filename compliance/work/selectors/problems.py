"""Reading problems."""

import uuid
from collections.abc import Sequence

from compliance.work.models import Problem


def open_problems(*, about_id: uuid.UUID | None = None, limit: int = 50) -> Sequence[Problem]:
    """Open problems, the ones that blind most first."""
    problems = Problem.objects.filter(resolved_at=None)
    if about_id is not None:
        problems = problems.filter(about_id=about_id)
    return list(problems.order_by("-affected", "opened_at")[:limit])
