"""The only door to a write transaction.

A write is one service function whose outermost step is `with action(…)`: it opens the durable transaction and inserts the trail
entry as its first row. A statement-level trigger refuses every write of the application role to a tenant table while no
action is declared.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.db import transaction

from compliance.tenancy import scope
from compliance.tenancy.uuid7 import uuid7
from compliance.trail.actor import Actor
from compliance.trail.models import Entry
from compliance.trail.names import ActionName


class ActionAlreadyOpen(RuntimeError):
    """A service that opens an action was called inside another one; call its inner step instead."""


class Named(Protocol):
    """Anything a trail entry can speak of."""

    pk: uuid.UUID


@contextmanager
def action(
    name: ActionName, *, actor: Actor, subject: Any = None, subject_name: str = "", reason: str = "", detail: dict[str, Any] | None = None
) -> Iterator[Entry]:
    """Open the transaction of one named action. Raises ActionAlreadyOpen inside another, NoScope without an organization.

    `subject` is the model instance acted upon; its name is kept with the entry. `detail` is small, plain JSON.
    """
    if scope.action_id() is not None:
        raise ActionAlreadyOpen(str(name))
    with transaction.atomic(durable=True):
        action_id = uuid7()
        with scope.declared_action(action_id):
            yield Entry.objects.create(
                id=action_id,
                name=name,
                actor_kind=actor.kind,
                actor_id=actor.id,
                actor_name=actor.name[:200],
                subject_kind=type(subject).__name__.lower() if subject is not None else "",
                subject_id=subject.pk if subject is not None else None,
                subject_name=(subject_name or (str(subject) if subject is not None else ""))[:300],
                reason=reason,
                detail=detail or {},
            )
