"""Asking a worker to judge a verdict again, and what came of it: the web process loads no vendor's SDK. The result stands on the trail,
where a read that matters belongs."""

import logging
import uuid
from typing import TYPE_CHECKING

from celery import current_app
from kombu.exceptions import OperationalError

from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.trail.selectors.entries import latest_entries

if TYPE_CHECKING:
    from compliance.trail.models import Entry

log = logging.getLogger(__name__)
TASK = "compliance.reperform"


class NotHeard(RuntimeError):
    """No worker can be reached just now."""


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


def results_of(verdict_id: uuid.UUID, limit: int = 10) -> "list[Entry]":
    """Former results of judging this verdict again, newest first."""
    return list(latest_entries(subject_id=verdict_id, name=ActionName.VERDICT_REPERFORMED, limit=limit))
