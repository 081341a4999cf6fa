"""Occurrences of periodic controls: scheduled by the calendar, performed by a person."""

import zoneinfo
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError

from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from controls.models import Control, Occurrence
from controls.services.health import _derive_health

MONTHS = {"monthly": 1, "quarterly": 3, "semi_annual": 6, "annual": 12}


def due_days(frequency: str, first_day: date, last_day: date) -> Iterator[tuple[date, date]]:
    """(first, last) calendar day of each span of a periodic frequency that ends within the days given. Due at the end of the last."""
    if frequency == "daily":
        yield from ((first_day + timedelta(days=n),) * 2 for n in range((last_day - first_day).days + 1))
    elif frequency == "weekly":
        monday = first_day - timedelta(days=first_day.weekday())
        while (sunday := monday + timedelta(days=6)) <= last_day:
            yield max(monday, first_day), sunday
            monday += timedelta(days=7)
    elif frequency == "semi_monthly":
        yield from _halves(first_day, last_day)
    elif frequency in MONTHS:
        yield from _spans(MONTHS[frequency], first_day, last_day)


def schedule_occurrences(*, actor: Actor, control: Control, first_day: date, last_day: date, zone: zoneinfo.ZoneInfo, now: datetime) -> int:
    """Make the occurrences of a periodic control for these days; those that stand already stay. Returns how many are new."""
    with action(ActionName.CONTROL_CHANGED, actor=actor, subject=control, detail={"occurrences": [str(first_day), str(last_day)]}):
        before = Occurrence.objects.filter(control=control).count()
        Occurrence.objects.bulk_create(
            [
                Occurrence(
                    control=control,
                    opens_at=_start(start, zone),
                    due_at=_end(end, zone),
                    late_at=_end(end + timedelta(days=control.grace_days), zone),
                )
                for start, end in due_days(control.frequency, first_day, last_day)
            ],
            ignore_conflicts=True,
        )
        _derive_health(set(), min(_start(first_day, zone), now), now, {control.pk})
        return Occurrence.objects.filter(control=control).count() - before


def perform_occurrence(*, actor: Actor, occurrence: Occurrence, performed_at: datetime, note: str, now: datetime) -> Occurrence:
    """Say that a periodic control was performed. Raises ValidationError when it was already, or lies in the future."""
    if occurrence.performed_at is not None:
        raise ValidationError({"performed_at": "This occurrence was performed already."})
    if performed_at > now:
        raise ValidationError({"performed_at": "That is in the future; say when it was really performed."})
    with action(ActionName.OCCURRENCE_PERFORMED, actor=actor, subject=occurrence.control, reason=note):
        occurrence.performed_at = performed_at
        occurrence.performer = actor.name
        occurrence.note = note
        occurrence.save()
        _derive_health(set(), occurrence.opens_at, now, {occurrence.control_id})
    return occurrence


def _late_occurrences(now: datetime) -> None:
    """Inner step of an action: derive the health of controls whose occurrence has become late."""
    late = list(Occurrence.objects.filter(performed_at=None, late_at__lte=now, late_marked=False))
    for occurrence in late:
        _derive_health(set(), occurrence.late_at, now, {occurrence.control_id})
    Occurrence.objects.filter(pk__in=[each.pk for each in late]).update(late_marked=True)


def _halves(first_day: date, last_day: date) -> Iterator[tuple[date, date]]:
    for start, end in _spans(1, first_day.replace(day=1), last_day + timedelta(days=31)):
        for half in ((start, start.replace(day=15)), (start.replace(day=16), end)):
            if half[1] <= last_day and half[1] >= first_day:
                yield max(half[0], first_day), half[1]


def _spans(months: int, first_day: date, last_day: date) -> Iterator[tuple[date, date]]:
    start = date(first_day.year, (first_day.month - 1) // months * months + 1, 1)
    while True:
        place = start.year * 12 + start.month - 1 + months
        following = date(place // 12, place % 12 + 1, 1)
        end = following - timedelta(days=1)
        if end > last_day:
            return
        if end >= first_day:
            yield max(start, first_day), end
        start = following


def _start(day: date, zone: zoneinfo.ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _end(day: date, zone: zoneinfo.ZoneInfo) -> datetime:
    return _start(day + timedelta(days=1), zone)
