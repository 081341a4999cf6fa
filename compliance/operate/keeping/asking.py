"""Asking for a deletion and carrying it out, with the lists of `targets`."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from compliance.operate.keeping.targets import erasure_targets, expired_targets, new_since
from compliance.tenancy.models import Organization
from compliance.trail.actor import Actor
from compliance.vault.selectors.deletion import targets_of
from compliance.vault.services.deletion import NotAllowed, execute_deletion, request_deletion
from compliance.vault.services.keeping import WrongKeeping
from evidence.selectors.keeping import subjects_of_ids

if TYPE_CHECKING:
    from compliance.vault.models import DeletionRequest


def ask_for_erasure(*, actor: Actor, subjects: Sequence[uuid.UUID], reason: str, now: datetime) -> "DeletionRequest":
    """Ask that everything observed of those subjects goes. Raises WrongKeeping, NotAllowed, Held."""
    found = subjects_of_ids(subjects)
    if not found or len(found) != len(set(subjects)):
        raise WrongKeeping("Choose at least one account or record of the person.")
    streams = sorted({str(each.stream) for each in found})
    title = f"Data of a person: {len(found)} of {', '.join(streams)}"
    targets = erasure_targets([each.pk for each in found])
    return request_deletion(actor=actor, purpose="erasure", title=title, reason=reason, targets=targets, now=now)


def ask_for_expiry(*, actor: Actor, organization: Organization, reason: str, now: datetime) -> "DeletionRequest":
    """Ask that goes what retention asks for no longer. Raises WrongKeeping where that is nothing, NotAllowed, Held."""
    targets = expired_targets(organization, now)
    if not targets:
        raise WrongKeeping("Retention has ended for nothing yet.")
    title = f"What retention asks for no longer: {len(targets):,} things"
    return request_deletion(actor=actor, purpose="expiry", title=title, reason=reason, targets=targets, now=now)


def carry_out(*, actor: Actor, request: "DeletionRequest", now: datetime) -> dict[str, int]:
    """Execute an approved deletion. Raises NotAllowed, Held; NotAllowed too where something new was recorded of the person since it was
    asked for, which nobody has approved."""
    subjects = [each.target_id for each in targets_of(request.pk, "subject")]
    listed = [each.target_id for each in targets_of(request.pk, "record")]
    if subjects and (new := new_since(subjects, listed)):
        raise NotAllowed(f"{new:,} records came in after this was asked for, which nobody has approved: ask anew.")
    return execute_deletion(actor=actor, request=request, now=now)
