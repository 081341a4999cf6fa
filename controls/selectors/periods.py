"""Reading periods."""

import uuid

from django.db.models import QuerySet

from controls.models import Period


def periods() -> QuerySet[Period]:
    """All observation periods; page by (-first_day, -id)."""
    return Period.objects.all()


def period_by_id(period_id: uuid.UUID) -> Period | None:
    """The period of that id."""
    return Period.objects.filter(pk=period_id).first()
