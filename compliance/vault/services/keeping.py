"""Rules of retention, and legal holds."""

import uuid
from datetime import datetime

from compliance.tenancy import scope
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.models import LegalHold, RetentionRule
from compliance.vault.services.statements import _state_decision

LONGEST_YEARS = 100


class WrongKeeping(ValueError):
    """What was asked cannot be; the message says what to do."""


def set_retention(
    *, actor: Actor, years: int | None, reason: str, now: datetime, kind: str = "", about_id: uuid.UUID | None = None
) -> None:
    """Keep what is of that kind (empty: everything) in that frame (an engagement; None: all) so many years after its period's end; None
    takes the rule away, so that a wider one counts. Raises WrongKeeping."""
    if years is not None and not 1 <= years <= LONGEST_YEARS:
        raise WrongKeeping(f"Give a number of years from 1 to {LONGEST_YEARS}.")
    if not reason.strip():
        raise WrongKeeping("Say why: auditors read it.")
    what = kind or "everything"
    detail = {"kind": kind, "about": str(about_id or ""), "years": years}
    with action(ActionName.RETENTION_CHANGED, actor=actor, subject_name=f"Retention of {what}", reason=reason, detail=detail) as entry:
        rules = RetentionRule.objects.filter(kind=kind, about_id=about_id)
        if years is None:
            rules.delete()
        elif not rules.update(years=years, changed_at=now, changed_by=actor.name[:200]):
            RetentionRule.objects.create(kind=kind, about_id=about_id, years=years, changed_at=now, changed_by=actor.name[:200])
        _state_decision(entry, now, detail)


def place_hold(
    *, actor: Actor, name: str, reason: str, now: datetime, kind: str = "", about_id: uuid.UUID | None = None, about_name: str = ""
) -> LegalHold:
    """Nothing it covers can be deleted until it is lifted, approved deletions included. Raises WrongKeeping."""
    if not name.strip() or not reason.strip():
        raise WrongKeeping("Name the hold, and say why it is placed.")
    hold = LegalHold(
        organization_id=scope.organization_id(), name=name.strip()[:200], reason=reason.strip(), kind=kind, about_id=about_id,
        about_name=about_name[:300], placed_at=now, placed_by=actor.name[:200],
    )  # fmt: skip
    covers = {"kind": kind, "about": str(about_id or "")}
    with action(ActionName.HOLD_PLACED, actor=actor, subject=hold, reason=hold.reason, detail=covers) as entry:
        hold.save(force_insert=True)
        _state_decision(entry, now, covers)
    return hold


def lift_hold(*, actor: Actor, hold: LegalHold, reason: str, now: datetime) -> None:
    """From now on retention counts again. Raises WrongKeeping where it is lifted already or no reason is given."""
    if not reason.strip():
        raise WrongKeeping("Say why the hold ends.")
    with action(ActionName.HOLD_LIFTED, actor=actor, subject=hold, reason=reason) as entry:
        lifted = LegalHold.objects.filter(pk=hold.pk, lifted_at=None).update(
            lifted_at=now, lifted_by=actor.name[:200], lift_reason=reason.strip()
        )
        if not lifted:
            raise WrongKeeping("This hold is lifted already.")
        _state_decision(entry, now, {"lifted": str(hold.pk)})
