"""Deletion requests, what holds them, what became of them, and the tombstones they left."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from compliance.seal.digest import sha256
from compliance.tenancy import scope
from compliance.vault.models import Blob, DeletionRequest, DeletionStep, DeletionTarget, LegalHold, RetentionRule, Tombstone


@dataclass(frozen=True, slots=True)
class Gone:
    """Why something is not there any more."""

    at: datetime
    title: str
    purpose: str
    request_id: uuid.UUID


def retention_rules() -> list[RetentionRule]:
    """All rules, general ones first."""
    return list(RetentionRule.objects.order_by("about_id", "kind"))


def holds(*, standing: bool | None = None) -> list[LegalHold]:
    """Legal holds, the newest first; only those that stand, or only those lifted."""
    found = LegalHold.objects.order_by("-placed_at", "-id")
    return list(found if standing is None else found.filter(lifted_at__isnull=standing))


def hold_by_id(hold_id: uuid.UUID) -> LegalHold | None:
    """A hold."""
    return LegalHold.objects.filter(pk=hold_id).first()


def requests_latest(limit: int = 50) -> list[DeletionRequest]:
    """Deletion requests, the newest first."""
    return list(DeletionRequest.objects.order_by("-requested_at", "-id")[:limit])


def request_by_id(request_id: uuid.UUID) -> DeletionRequest | None:
    """A request."""
    return DeletionRequest.objects.filter(pk=request_id).first()


def steps_of(request_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[DeletionStep]]:
    """The steps of those requests, oldest first."""
    found: dict[uuid.UUID, list[DeletionStep]] = {}
    for step in DeletionStep.objects.filter(request__in=list(request_ids)).order_by("at", "id"):
        found.setdefault(step.request_id, []).append(step)
    return found


def standing_of(request: DeletionRequest) -> str:
    """`asked`, `approved`, `refused`, `withdrawn` or `executed`."""
    return standing(steps_of([request.pk]).get(request.pk, ()))


def standing(steps: Iterable[DeletionStep]) -> str:
    """The same, of steps that were read already."""
    taken = {each.step for each in steps}
    return next((step for step in ("executed", "withdrawn", "refused", "approved") if step in taken), "asked")


def targets_of(request_id: uuid.UUID, kind: str = "") -> list[DeletionTarget]:
    """What the request asks for, all or of one kind."""
    found = DeletionTarget.objects.filter(request=request_id).order_by("kind", "target_id")
    return list(found.filter(kind=kind) if kind else found)


def holds_over(request_id: uuid.UUID) -> list[LegalHold]:
    """The standing holds that cover something of the request."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT plumbline_holds_of_deletion(%s, %s)", [scope.organization_id(), request_id])
        keys = [row[0] for row in cursor.fetchall()]
    return list(LegalHold.objects.filter(pk__in=keys).order_by("placed_at"))


def blobs_of(request_id: uuid.UUID) -> list[bytes]:
    """Digests of the bytes that would go."""
    keys = DeletionTarget.objects.filter(request=request_id, kind="blob").values("target_id")
    return [bytes(digest) for digest in Blob.objects.filter(pk__in=keys).values_list("digest", flat=True)]


def blob_ids(digests: Iterable[str]) -> list[uuid.UUID]:
    """The ids of those kept bytes (hexadecimal digests); unknown ones are left out."""
    return list(Blob.objects.filter(digest__in=[bytes.fromhex(each) for each in digests]).values_list("pk", flat=True))


def gone_of(ref: uuid.UUID) -> Gone | None:
    """What became of a record, statement, subject or item version of that id; None where it was not deleted."""
    return _gone(Tombstone.objects.filter(ref=ref))


def gone_bytes(hex_digest: str) -> Gone | None:
    """What became of bytes of that digest; None where they were not deleted."""
    return _gone(Tombstone.objects.filter(address=sha256(bytes.fromhex(hex_digest))))


def refs_gone(refs: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the ids that have a tombstone."""
    return set(Tombstone.objects.filter(ref__in=list(refs)).values_list("ref", flat=True))


def organizations_with_bytes_to_remove() -> list[uuid.UUID]:
    """Asked without a scope by the tick: in whose store something is left that was deleted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organization_id FROM plumbline_organizations_with_bytes_to_remove()")
        return [row[0] for row in cursor.fetchall()]


def _gone(found: "object") -> Gone | None:
    tombstone = found.select_related("request").order_by("-at").first()
    if tombstone is None:
        return None
    return Gone(tombstone.at, tombstone.request.title, tombstone.request.purpose, tombstone.request_id)
