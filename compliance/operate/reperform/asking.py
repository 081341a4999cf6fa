"""Asking a worker to judge a verdict again, and what came of it: the web process loads no vendor's SDK. The result stands on the trail,
where a read that matters belongs."""

import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from celery import current_app
from kombu.exceptions import OperationalError

from compliance.operate.reperform.verdict import Reperformed, reperform_verdict
from compliance.trail.action import action
from compliance.trail.actor import Actor, ActorKind
from compliance.trail.names import ActionName
from compliance.trail.selectors.entries import latest_entries

if TYPE_CHECKING:
    from compliance.trail.models import Entry

log = logging.getLogger(__name__)
TASK = "compliance.reperform"


class NotHeard(RuntimeError):
    """No worker can be reached just now."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict as the trail speaks of it."""

    pk: uuid.UUID
    says: str

    def __str__(self) -> str:
        return self.says


def ask_to_reperform(organization_id: uuid.UUID, verdict_id: uuid.UUID, actor: Actor) -> uuid.UUID:
    """Have the verdict judged again; the id under which the result can be asked for. Raises NotHeard."""
    asked = uuid.uuid4()
    arguments = [str(organization_id), str(verdict_id), str(asked), str(actor.kind), actor.name, str(actor.id or "")]
    try:
        current_app.send_task(TASK, args=arguments, retry=False)
    except OperationalError as error:
        log.warning("nobody heard that a verdict is to be judged again: %s", error)
        raise NotHeard("No worker can be reached just now; try again in a minute.") from error
    return asked


def perform(verdict_id: uuid.UUID, asked: str, actor: Actor) -> Reperformed:
    """Judge it again and put the result on the trail. Raises UnknownVerdict."""
    found = reperform_verdict(verdict_id, now=datetime.now(UTC))
    subject = Verdict(verdict_id, f"{found.verdict.check_id} of {found.verdict.name or found.verdict.key}")
    with action(ActionName.VERDICT_REPERFORMED, actor=actor, subject=subject, detail={"asked": asked, **found.plain()}):
        return found


def actor_of(kind: str, name: str, actor_id: str) -> Actor:
    """The actor of a task's arguments."""
    return Actor(ActorKind(kind), name, uuid.UUID(actor_id) if actor_id else None)


def results_of(verdict_id: uuid.UUID, limit: int = 10) -> "list[Entry]":
    """Former results of judging this verdict again, newest first."""
    return list(latest_entries(subject_id=verdict_id, name=ActionName.VERDICT_REPERFORMED, limit=limit))
