"""Problems to be paged."""

import uuid

from django.db.models import QuerySet

from compliance.work.models import Problem

ORDER = ("-affected", "opened_at", "id")


def problems_open(*, about_id: uuid.UUID | None = None) -> QuerySet[Problem]:
    """Open problems with their owner; page them by ORDER: the ones that blind most come first."""
    problems = Problem.objects.filter(resolved_at=None).select_related("owner__user")
    return problems.filter(about_id=about_id) if about_id is not None else problems
