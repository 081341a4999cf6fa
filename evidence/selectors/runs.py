"""Runs, what they did per stream, and every call they made."""

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from evidence.models import LedgerEntry, Run, RunStream


def runs(*, connection_id: uuid.UUID | None = None) -> QuerySet[Run]:
    """Runs (of one connection); page by (-started_at, -id)."""
    found = Run.objects.all()
    return found.filter(connection_id=connection_id) if connection_id is not None else found


def run_by_id(run_id: uuid.UUID) -> Run | None:
    """The run with its source."""
    return Run.objects.select_related("source").filter(pk=run_id).first()


def streams_of_run(run_id: uuid.UUID) -> list[RunStream]:
    """What a run did per stream, by kind."""
    return list(RunStream.objects.filter(run_id=run_id).order_by("kind"))


def calls_of_run(run_id: uuid.UUID) -> QuerySet[LedgerEntry]:
    """The ledger of a run; page by number."""
    return LedgerEntry.objects.filter(run_id=run_id)


def latest_runs(connection_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Run]:
    """The newest run of each of these connections."""
    newest = Run.objects.filter(connection_id__in=list(connection_ids)).order_by("connection_id", "-started_at").distinct("connection_id")
    return {run.connection_id: run for run in newest}


def runs_in_state(state: str) -> QuerySet[Run]:
    """Runs that stand in a state (running, recorded, evaluated, ended): who looks for what a dead worker left asks so."""
    return Run.objects.filter(state=state)
