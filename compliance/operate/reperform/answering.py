"""What the worker does when it is asked: the verdict is judged again, and the result put on the trail."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from compliance.operate.reperform.verdict import Reperformed, reperform_verdict
from compliance.trail.action import action
from compliance.trail.actor import Actor, ActorKind
from compliance.trail.names import ActionName


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict as the trail speaks of it."""

    pk: uuid.UUID
    says: str

    def __str__(self) -> str:
        return self.says


def perform(verdict_id: uuid.UUID, asked: str, actor: Actor) -> Reperformed:
    """Judge it again and put the result on the trail. Raises UnknownVerdict."""
    found = reperform_verdict(verdict_id, now=datetime.now(UTC))
    subject = Verdict(verdict_id, f"{found.verdict.check_id} of {found.verdict.name or found.verdict.key}")
    with action(ActionName.VERDICT_REPERFORMED, actor=actor, subject=subject, detail={"asked": asked, **found.plain()}):
        return found


def actor_of(kind: str, name: str, actor_id: str) -> Actor:
    """The actor of a task's arguments."""
    return Actor(ActorKind(kind), name, uuid.UUID(actor_id) if actor_id else None)
