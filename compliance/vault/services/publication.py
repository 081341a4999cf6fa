"""Whether strangers may look at the log: its key, checkpoints and hashes, never what it holds."""

from datetime import datetime

from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.models import Publication


def publish_log(*, actor: Actor, public: bool, now: datetime) -> None:
    """Switch the public page of the log of the organization in scope on or off."""
    with action(ActionName.LOG_PUBLICATION_CHANGED, actor=actor, detail={"public": public}):
        Publication.objects.update_or_create(defaults={"public": public, "changed_at": now})
