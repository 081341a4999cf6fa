"""Deleting what is kept: asked by one person, approved by another, done by the database's own function.

What went leaves a tombstone; leaf, hash and place in the log stay, so every proof stays valid. What was deleted, why and by whom is a
statement of its own in the log (kind `shredding`), without the personal data that went.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from compliance.tenancy import scope
from compliance.tenancy.uuid7 import uuid7
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.models import Blob, DeletionRequest, DeletionStep, DeletionTarget, Tombstone
from compliance.vault.selectors.deletion import blobs_of, holds_over, standing_of
from compliance.vault.services.keeping import WrongKeeping
from compliance.vault.services.statements import _state, _state_decision
from compliance.vault.store import HeldByLock, blob_name, open_store

MOST_TARGETS = 200_000


class NotAllowed(PermissionError):
    """Not by this person, or not in this state of the request; the message says what is missing."""


class Held(NotAllowed):
    """A legal hold, or the lock of the store, keeps something of it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that shall go. `keep_until`: when its retention ends; `abouts`: what a hold may be about (source, subject, item)."""

    kind: str
    id: uuid.UUID
    keep_until: datetime | None = None
    abouts: tuple[uuid.UUID, ...] = field(default=())


def request_deletion(*, actor: Actor, purpose: str, title: str, reason: str, targets: Sequence[Target], now: datetime) -> DeletionRequest:
    """Ask that the targets go: `purpose` is `expiry` (each target's retention has ended) or `erasure` (personal data, whatever retention
    says). `title` must hold no personal data, since it stays. Raises WrongKeeping, NotAllowed (nobody is signed in), Held."""
    user_id = _signed_in()
    if not reason.strip():
        raise WrongKeeping("Say why it shall go: the second person decides by it, and auditors read it.")
    if not targets:
        raise WrongKeeping("There is nothing to delete.")
    if len(targets) > MOST_TARGETS:
        raise WrongKeeping(f"That are {len(targets):,} things; ask for at most {MOST_TARGETS:,} at once.")
    if purpose == "expiry" and any(each.keep_until is None or each.keep_until > now for each in targets):
        raise WrongKeeping("Retention has not ended for all of it: leave out what is still to be kept.")
    counts = dict(Counter(each.kind for each in targets))
    asked = DeletionRequest(
        organization_id=scope.organization_id(), purpose=purpose, title=title[:200], reason=reason.strip(), counts=counts, requested_at=now,
        requested_by_id=user_id, requested_by=actor.name[:200],
    )  # fmt: skip
    with action(ActionName.DELETION_REQUESTED, actor=actor, subject=asked, reason=asked.reason, detail=counts) as entry:
        asked.save(force_insert=True)
        DeletionTarget.objects.bulk_create(
            [
                DeletionTarget(
                    id=uuid7(), request=asked, kind=each.kind, target_id=each.id, keep_until=each.keep_until, abouts=list(each.abouts)
                )
                for each in targets
            ],
            batch_size=5000,
        )
        if held := holds_over(asked.pk):
            raise Held(f"The legal hold “{held[0].name}” covers some of it: lift it first.")
        _state_decision(entry, now, {"purpose": purpose, "counts": counts})
    return asked


def decide_deletion(*, actor: Actor, request: DeletionRequest, approve: bool, note: str, now: datetime) -> None:
    """Approve or refuse, as another person than asked (the database holds that). Raises NotAllowed, WrongKeeping."""
    user_id = _signed_in()
    if user_id == request.requested_by_id:
        raise NotAllowed("Whoever asks for a deletion does not decide it: a second person must.")
    if not note.strip():
        raise WrongKeeping("Say what you looked at, or why not: auditors read it.")
    name = ActionName.DELETION_APPROVED if approve else ActionName.DELETION_REFUSED
    _step(actor, request, "approved" if approve else "refused", name, note, now, user_id)


def withdraw_deletion(*, actor: Actor, request: DeletionRequest, now: datetime) -> None:
    """Take a request back before it is decided. Raises NotAllowed."""
    _step(actor, request, "withdrawn", ActionName.DELETION_WITHDRAWN, "", now, _signed_in())


def execute_deletion(*, actor: Actor, request: DeletionRequest, now: datetime) -> dict[str, int]:
    """Delete what was approved: payload, salt and digest at once, bytes in the store right after. Returns how much of each kind went.

    Raises NotAllowed where it is not approved or done already, Held where a legal hold covers something of it, or the lock of the store
    keeps the bytes: then nothing goes.
    """
    standing = standing_of(request)
    if standing != "approved":
        raise NotAllowed(f"The request is {standing}: a second person approves it first." if standing == "asked" else f"It is {standing}.")
    if held := holds_over(request.pk):
        raise Held(f"The legal hold “{held[0].name}” covers some of it: lift it first.")
    store, organization_id = open_store(), scope.organization_id()
    try:
        for digest in blobs_of(request.pk):
            store.may_remove(blob_name(organization_id, digest))
    except HeldByLock as error:
        raise Held(f"The store still locks it, and nothing was deleted: {error}") from error
    approval = DeletionStep.objects.get(request=request, step="approved")
    with action(ActionName.DELETION_EXECUTED, actor=actor, subject=request, reason=request.reason, detail=request.counts):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM plumbline_execute_deletion(%s, %s, %s)", [request.pk, scope.user_id(), actor.name[:200]])
            cleared = dict(cursor.fetchall())
        _state("shredding", request.pk, now, _told(request, approval, actor, cleared))
    remove_bytes(actor=actor, request=request)
    return cleared


def remove_bytes(*, actor: Actor, request: DeletionRequest | None = None) -> int:
    """Remove from the store what executed deletions (of one request, or all) left to remove; what a crash interrupted is found again.
    Bytes that are kept anew meanwhile stay. Returns how many objects went."""
    waiting = Tombstone.objects.filter(pending_digest__isnull=False)
    if request is not None:
        waiting = waiting.filter(request=request)
    store, organization_id, removed = open_store(), scope.organization_id(), []
    for tombstone in waiting.order_by("id"):
        digest = bytes(tombstone.pending_digest)
        try:
            if not Blob.objects.filter(digest=digest).exists():
                store.remove(blob_name(organization_id, digest))
        except HeldByLock:
            continue  # locked since: it waits, encrypted and unaddressed, until its retention in the store ends
        removed.append(tombstone.pk)
    if not removed:
        return 0
    detail = {"objects": len(removed)}
    with action(ActionName.DELETION_BYTES_REMOVED, actor=actor, subject=request, detail=detail), connection.cursor() as cursor:
        cursor.execute("SELECT plumbline_bytes_removed(%s::uuid[])", [removed])
    return len(removed)


def _step(actor: Actor, request: DeletionRequest, step: str, name: ActionName, note: str, now: datetime, user_id: uuid.UUID) -> None:
    standing = standing_of(request)
    if standing != "asked":
        raise NotAllowed(f"The request is {standing} already.")
    with action(name, actor=actor, subject=request, reason=note) as entry:
        DeletionStep.objects.create(request=request, step=step, at=now, by_id=user_id, by=actor.name[:200], note=note.strip())
        _state_decision(entry, now, {"request": str(request.pk), "step": step})


def _signed_in() -> uuid.UUID:
    user_id = scope.user_id()
    if user_id is None:
        raise NotAllowed("Deletions are asked for and approved by persons who are signed in.")
    return user_id


def _told(request: DeletionRequest, approval: DeletionStep, actor: Actor, cleared: dict[str, int]) -> dict[str, object]:
    """What the log says of it for good: what went by id, never what was in it."""
    targets = DeletionTarget.objects.filter(request=request).order_by("kind", "target_id").values_list("kind", "target_id")
    gone: dict[str, list[str]] = {}
    for kind, target_id in targets:
        gone.setdefault(kind, []).append(str(target_id))
    return {
        "approved_by": approval.by,
        "cleared": cleared,
        "executed_by": actor.name,
        "gone": gone,
        "note": approval.note,
        "purpose": request.purpose,
        "reason": request.reason,
        "requested_by": request.requested_by,
        "title": request.title,
    }
