"""Saying from when on events are needed."""

from datetime import datetime

from django.db.models import Q

from evidence.models import Demand


def _want_since(since: datetime) -> None:
    """Inner step of an action: everything demanded is wanted from `since` on, as far back as vendors keep it."""
    Demand.objects.filter(Q(since=None) | Q(since__gt=since)).update(since=since)
