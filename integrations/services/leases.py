"""One run at a time per connection: a lease row with a heartbeat, because a session lock would hold a database session during
vendor calls. A worker that dies stops beating, and the lease is free again."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.db.models import Q

from integrations.models import Due

LEASE = timedelta(seconds=60)
BEAT = 5.0  # seconds


class Progress:
    """What a run tells about itself while it goes on; read by the heartbeat, shown on the page. Thread-safe by simple assignment."""

    def __init__(self) -> None:
        self.stream = ""
        self.rows = 0
        self.calls = 0
        self.done: list[str] = []
        self.cancelled = threading.Event()

    def snapshot(self) -> dict[str, Any]:
        """Plain data for the row."""
        return {"stream": self.stream, "rows": self.rows, "calls": self.calls, "done": list(self.done)}


def take_lease(connection_id: uuid.UUID, worker: str, *, due_by: datetime | None = None) -> Due | None:
    """Take the connection, or None when another worker holds it, or when it is not due by `due_by` (a ring that came twice)."""
    now = datetime.now(UTC)
    with transaction.atomic():
        free = Due.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), connection_id=connection_id)
        if due_by is not None:
            free = free.filter(next_run_at__lte=due_by)
        taken = free.update(lease_worker=worker, lease_until=now + LEASE, cancel_asked=False, progress={})
    return Due.objects.get(connection_id=connection_id) if taken else None


def release_lease(taken: Due, worker: str, *, next_run_at: datetime, regular_at: datetime | None, attempts: int) -> None:
    """Give it back and say when it is due again, by event and as a whole. A worker that lost the lease changes nothing. What was asked
    for since it was `taken` stays due."""
    held = Due.objects.filter(pk=taken.pk, lease_worker=worker)
    with transaction.atomic():
        held.filter(regular_at=taken.regular_at).update(regular_at=regular_at)
        held.filter(next_run_at=taken.next_run_at).update(next_run_at=next_run_at, attempts=attempts, asked_by="", targets={})
        held.update(lease_worker="", lease_until=None, run_id=None, progress={})


@contextmanager
def heartbeat(connection_id: uuid.UUID, worker: str, progress: Progress) -> Iterator[None]:
    """Beat from a thread of its own until left: renew the lease, publish progress, learn of cancellation or loss."""
    stop = threading.Event()
    context = copy_context()
    thread = threading.Thread(target=context.run, args=(_beat, connection_id, worker, progress, stop), daemon=True, name="heartbeat")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=BEAT * 2)


def _beat(connection_id: uuid.UUID, worker: str, progress: Progress, stop: threading.Event) -> None:
    try:
        while not stop.wait(BEAT):
            _beat_once(connection_id, worker, progress)
    finally:
        database.close()


def _beat_once(connection_id: uuid.UUID, worker: str, progress: Progress) -> None:
    mine = Due.objects.filter(connection_id=connection_id, lease_worker=worker)
    still = mine.update(lease_until=datetime.now(UTC) + LEASE, progress=progress.snapshot())
    if not still or mine.filter(cancel_asked=True).exists():
        progress.cancelled.set()


Heartbeat = Callable[[uuid.UUID, str, Progress], Any]
