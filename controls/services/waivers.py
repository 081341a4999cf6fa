"""Waivers: granted, ended, and counted."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import connection

from compliance.seal.leaf import utc_text
from compliance.tenancy import scope
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.services.statements import _state
from controls.models import Check, CheckPoint, Waiver
from controls.services.health import _derive_health

if TYPE_CHECKING:
    from evidence.models import Subject

COUNT = """
SELECT v.check_row_id, count(*) FROM controls_verdict v
WHERE v.organization_id = %(organization)s AND v.outcome = 1 AND v.check_row_id = ANY(%(checks)s) AND EXISTS (
  SELECT FROM controls_waiver w WHERE w.organization_id = %(organization)s AND w.check_row_id = v.check_row_id
    AND (w.subject_id IS NULL OR w.subject_id = v.subject_id)
    AND w.from_at <= %(now)s AND w.until_at > %(now)s AND (w.ended_at IS NULL OR w.ended_at > %(now)s))
GROUP BY v.check_row_id
"""


def grant_waiver(
    *, actor: Actor, check: Check, subject: "Subject | None", until: datetime, reason: str, compensating_control: str = "", now: datetime
) -> Waiver:
    """Accept a failing check, for one subject or all, until a date. The verdict stays FAIL and is shown as failing, waived.
    Raises ValidationError without a reason or with an end that is not ahead."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why this may fail for a while: an auditor will read it."})
    if until <= now:
        raise ValidationError({"until": "A waiver ends in the future; choose a later day."})
    with action(ActionName.WAIVER_GRANTED, actor=actor, subject=check, reason=reason):
        waiver = Waiver.objects.create(
            check_row=check, subject=subject, from_at=now, until_at=until, reason=reason, compensating_control=compensating_control,
            approved_by=actor.name,
        )  # fmt: skip
        _state("waiver", waiver.pk, now, {**_said(waiver), "event": "granted", "by": actor.name, "reason": reason})
        recount_waived(check, now)
    return waiver


def end_waiver(*, actor: Actor, waiver: Waiver, now: datetime, reason: str = "") -> None:
    """End a waiver before its time."""
    with action(ActionName.WAIVER_ENDED, actor=actor, subject=waiver.check_row, reason=reason):
        waiver.ended_at = now
        waiver.save()
        _state("waiver", waiver.pk, now, {**_said(waiver), "event": "ended", "by": actor.name, "reason": reason})
        recount_waived(waiver.check_row, now)


def _said(waiver: Waiver) -> dict[str, str]:
    """What the log says of a waiver, whatever happens to it. Its end by time is in what was said when it was granted."""
    return {
        "check": waiver.check_row.check_id,
        "compensating_control": waiver.compensating_control,
        "from": utc_text(waiver.from_at),
        "subject": str(waiver.subject_id or ""),
        "until": utc_text(waiver.until_at),
    }


def recount_waived(check: Check, now: datetime) -> None:
    """Inner step of an action: count waived failing subjects again, and write the point and the health that follow."""
    waived = _waived_counts([check.pk], now).get(check.pk, 0)
    check.refresh_from_db()
    if waived == check.waived:
        return
    check.waived = waived
    check.save()
    _say_point(check, now)


def _say_point(check: Check, now: datetime) -> None:
    """Inner step of an action: a point with the check's present values, not before its last one, and the health that follows."""
    last = CheckPoint.objects.filter(check_row=check).order_by("-at", "-id").first()
    at = max(now, last.at) if last else now
    CheckPoint.objects.create(
        check_row=check, at=at, state=check.state, detail=check.detail, passing=check.passing, failing=check.failing, waived=check.waived,
        not_applicable=check.not_applicable, unknown=check.unknown, explained=bool(check.empty_explained),
    )  # fmt: skip
    _derive_health({check.check_id}, at, max(now, at))


def _count_waived(now: datetime) -> set[str]:
    """Inner step of an action: waivers whose time is over end; every check with waivers is counted again. Returns nothing to do
    further, because points and health are written here."""
    over = list(Waiver.objects.filter(until_at__lte=now, ended_at=None).select_related("check_row"))
    for waiver in over:
        waiver.ended_at = waiver.until_at
        waiver.save()
    for check in {waiver.check_row_id: waiver.check_row for waiver in over}.values():
        recount_waived(check, max(waiver.until_at for waiver in over if waiver.check_row_id == check.pk))
    return set()


def waived_now(checks: list, now: datetime) -> dict:
    """Waived failing subjects per check at `now`; costs one short look where no waiver is in force."""
    in_force = Waiver.objects.filter(from_at__lte=now, until_at__gt=now, ended_at=None, check_row__in=checks)
    waived = list(in_force.values_list("check_row_id", flat=True).distinct())
    return _waived_counts(waived, now) if waived else {}


def _waived_counts(checks: list, now: datetime) -> dict:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"organization": scope.organization_id(), "checks": checks, "now": now})
        return dict(cursor.fetchall())
