"""Single entries of the log, and every checkpoint."""

import uuid

from django.db.models import QuerySet

from compliance.vault.models import Checkpoint, Leaf


def entry_of(ref: uuid.UUID) -> Leaf | None:
    """The leaf about something, None while it is pending."""
    return Leaf.objects.filter(ref=ref).order_by("position").first()


def checkpoints_signed() -> QuerySet[Checkpoint]:
    """All checkpoints, to be ordered and cut by the caller."""
    return Checkpoint.objects.all()
