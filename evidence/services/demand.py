"""Saying what is needed of the vendors, and from when on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from evidence.models import Demand


@dataclass(frozen=True, slots=True)
class Wanted:
    """One fact kind of one vendor that `asked_by` needs, at least in that completeness class."""

    vendor: str
    kind: str
    completeness: str
    asked_by: str


def _want(wanted: Iterable[Wanted]) -> None:
    """Inner step of an action: the collectors read these kinds from now on; what was asked before stays as it is."""
    Demand.objects.bulk_create(
        [Demand(vendor=each.vendor, kind=each.kind, completeness=each.completeness, asked_by=each.asked_by) for each in wanted],
        ignore_conflicts=True,
    )


def _want_since(since: datetime) -> None:
    """Inner step of an action: everything demanded is wanted from `since` on, as far back as vendors keep it."""
    Demand.objects.filter(Q(since=None) | Q(since__gt=since)).update(since=since)
