"""The observation period of a report."""

from datetime import UTC, date, datetime, time

from django.core.exceptions import ValidationError

from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from controls.models import Period
from evidence.services.demand import _want_since

ADVISED_MONTHS = 6


def set_period(
    *, actor: Actor, name: str, first_day: date, last_day: date, fieldwork_first_day: date | None = None, fieldwork_last_day: date | None = None,
    report_due_day: date | None = None,
) -> Period:  # fmt: skip
    """Add an observation period. Raises ValidationError when it ends before it begins or stands already."""
    if last_day < first_day:
        raise ValidationError({"last_day": "The period ends before it begins; choose a later last day."})
    with action(ActionName.PERIOD_SET, actor=actor, subject_name=name):
        period = Period(
            name=name, first_day=first_day, last_day=last_day, fieldwork_first_day=fieldwork_first_day, fieldwork_last_day=fieldwork_last_day,
            report_due_day=report_due_day,
        )  # fmt: skip
        period.full_clean(exclude=["organization"])
        period.save()
        _want_since(datetime.combine(period.first_day, time.min, UTC))
    return period


def change_period(*, actor: Actor, period: Period, reason: str = "", **fields: object) -> Period:
    """Change name or days. Raises ValidationError as `set_period` does."""
    before = {name: str(getattr(period, name)) for name in fields}
    for name, value in fields.items():
        setattr(period, name, value)
    if period.last_day < period.first_day:
        raise ValidationError({"last_day": "The period ends before it begins; choose a later last day."})
    with action(ActionName.PERIOD_CHANGED, actor=actor, subject=period, reason=reason, detail={"before": before}):
        period.full_clean(exclude=["organization"])
        period.save()
    return period


def advice(first_day: date, last_day: date) -> str:
    """What to consider about the length (there is no official minimum), empty when nothing."""
    length = (last_day - first_day).days + 1
    if length < 90:
        return f"{length} days is short: readers commonly expect 3 to 12 months. There is no official minimum; agree it with your service auditor."
    if length < 180:
        return f"{length} days is less than the {ADVISED_MONTHS} months that most readers expect; fine for a first report if your customers agree."
    if length > 366:
        return f"{length} days is longer than 12 months, which is uncommon: a report is stale 12 months after its period's end."
    return ""
