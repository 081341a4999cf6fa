"""Taking up a new version of a check's logic: from one instant on the new one is in force, and what it turned is kept beside it."""

from datetime import datetime

from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from controls.models import Check, CheckVersion
from controls.registry import definitions
from controls.selectors.verdicts import outdated_checks
from controls.services.evaluation import _rejudge, _serialize


def take_up_versions(now: datetime) -> list[str]:
    """Put the newest released logic of every check in force where an older one still is, judge all subjects again on stored facts, and keep
    counts before and after. Former verdicts stay with the version that reached them. Returns the ids of the checks."""
    newest = {each.id: each.version for each in definitions().values() if each.version}
    taken = []
    for check in outdated_checks(newest):
        _take_up(check, now)
        taken.append(check.check_id)
    return taken


def _take_up(check: Check, now: datetime) -> None:
    known = definitions()[check.check_id]
    detail = {"version": {"before": check.logic_version, "after": known.version}, "digest": known.digest}
    with action(ActionName.CHECK_REJUDGED, actor=SYSTEM, subject=check, reason="a new version of the check was released", detail=detail):
        _serialize()
        check.refresh_from_db()
        before = _counts(check)
        check.logic_version = known.version
        check.save()
        CheckVersion.objects.create(
            check_row=check, logic_version=known.version, logic_digest=known.digest, parameters={**known.defaults, **check.parameters},
            from_at=now, before=before, after=_after(check, now), reason="released",
        )  # fmt: skip


def _after(check: Check, now: datetime) -> dict[str, int]:
    _rejudge(check, now)
    check.refresh_from_db()
    return _counts(check)


def _counts(check: Check) -> dict[str, int]:
    return {"passing": check.passing, "failing": check.failing, "not_applicable": check.not_applicable, "unknown": check.unknown}
