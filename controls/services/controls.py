"""Changing controls."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError

from compliance.members.models import Membership
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.services.statements import _state_decision
from controls.models import Control


def assign_control(*, actor: Actor, codes: Sequence[str], membership_id: str, now: datetime) -> int:
    """Make a member the accountable owner of controls (empty: nobody). Raises ValidationError for an unknown member or control."""
    owner = _member(membership_id) if membership_id else None
    controls = list(Control.objects.filter(code__in=codes, retired_at=None))
    if not controls or len(controls) != len(set(codes)):
        raise ValidationError("One of these controls does not exist any more; reload the page.")
    for control in controls:
        detail = {"owner": owner.user.name if owner else ""}
        with action(ActionName.CONTROL_ASSIGNED, actor=actor, subject=control, detail=detail) as entry:
            _state_decision(entry, now, {"control": control.code, **detail})
            Control.objects.filter(pk=control.pk).update(owner=owner)
    return len(controls)


def _assign_areas(areas: Iterable[str], owner: Membership) -> None:
    """Inner step of an action: a member becomes the accountable owner of every control of these areas."""
    Control.objects.filter(area__in=list(areas)).update(owner=owner)


def _member(membership_id: str) -> Membership:
    try:
        return Membership.objects.select_related("user").get(pk=uuid.UUID(membership_id))
    except (ValueError, Membership.DoesNotExist) as error:
        raise ValidationError("Choose a member of this organization.") from error
