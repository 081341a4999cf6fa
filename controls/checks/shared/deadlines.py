"""Judging an alert by how long it may stay open, by severity."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed

LIMITS: Mapping[str, object] = {"critical_days": 7, "high_days": 30, "medium_days": 90, "low_days": 180}


def judge_open(created: str | None, severity: str | None, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Whether an open alert is still within its time: parameters `<severity>_days`, counted from its creation."""
    if severity is None:
        return no_data("the severity was not observed")
    if severity == "":
        return not_applicable("has no security severity")
    limit = parameters.get(f"{severity}_days")
    if limit is None:
        return no_data(f"there is no limit for the severity {severity}")
    if created is None:
        return no_data("when the alert arose was not observed")
    end = after(created, days=int(limit))  # type: ignore[call-overload]
    said = f"{severity}, open since {day(created)}"
    if now >= end:
        return failed(f"{said}, due on {day(end)}")
    return passed(f"{said}, due on {day(end)}", end)


def judge_dismissal(reason: str, by: str | None) -> Judgement:
    """Whether a dismissed alert says why."""
    if not reason:
        return failed(f"dismissed by {by or 'an unknown account'} without a reason")
    return passed(f"dismissed by {by or 'an unknown account'}: {reason.replace('_', ' ')}")
