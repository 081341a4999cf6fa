"""The journey of a datum on one page: collect → record → judge → pair → seal → tell.

Every task takes ids, opens the scope itself and leaves it; nothing is passed on but what was written. The queue is a doorbell:
work lists are tables, so that a lost message costs a tick and a message delivered twice finds nothing to do.
"""

import contextlib
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from celery import shared_task
from celery.utils.log import get_task_logger
from django.db import connection as database

from compliance.countersigning.rounds import countersign_round
from compliance.operate.reperform.answering import actor_of, perform
from compliance.operate.reperform.verdict import UnknownVerdict
from compliance.operate.verify_store.verifying import GENTLY, verifications_due, verify_organization
from compliance.quality.observing import observe_quality_if_due
from compliance.telling.rounds import organizations_to_tell, send_out, tell_round
from compliance.tenancy.clock import now as clock_of
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM, Actor
from compliance.trail.names import ActionName
from compliance.vault.selectors.deletion import organizations_with_bytes_to_remove
from compliance.vault.selectors.log import organizations_with_pending_leaves
from compliance.vault.services.deletion import remove_bytes
from compliance.vault.services.sealing import seal_pending
from compliance.work.services.problems import raise_problem, resolve_problems
from controls.services.blinding import affected_by_source
from controls.services.evaluation import evaluate_due, evaluate_run
from controls.services.versions import take_up_versions
from evidence.selectors.populations import organizations_to_freeze
from evidence.selectors.runs import runs_in_state
from evidence.services.populations import freeze_due
from evidence.services.runs import end_run
from integrations.errors import AuthExpired, AuthRevoked, Misconfigured
from integrations.registry import load_connector
from integrations.selectors.leases import abandoned_runs
from integrations.selectors.single import known_connection
from integrations.services.collecting import Collected, collect, due_connections
from integrations.services.connections import _break_connection
from integrations.services.probing import probe_connection
from integrations.services.pushes import expire_sessions, organizations_with_sessions_to_end
from people.services.pairing import demand_sources, is_pairing_due, is_pairing_wanted, is_read_by_pairing, pair

if TYPE_CHECKING:
    from evidence.models import Run

log = get_task_logger(__name__)
BREAKING = (AuthExpired, AuthRevoked, Misconfigured)
UNUSABLE = frozenset({"hostile_payload", "schema_drift", "forbidden_address", "vendor_outage", "partial_result"})
LOST = "The worker that read it died; the next run starts over."


def refresh(
    connection_id: uuid.UUID,
    *,
    actor: Actor = SYSTEM,
    clock: Callable[[], datetime] | None = None,
    beat: bool = True,
    kinds: frozenset[str] | None = None,
    due_by: datetime | None = None,
) -> "Run | None":
    """Collect one connection of the organization in scope and judge what changed. A verdict stands as soon as this returns. With
    `due_by`, only if it is due by then: a ring that comes twice finds nothing to do."""
    now = clock or (lambda: datetime.now(UTC))
    demand_sources(actor=actor)
    collected = collect(connection_id, actor=actor, clock=clock, beat=beat, kinds=kinds, due_by=due_by)
    if collected is None:
        return None
    if collected.recorded:
        evaluate_run(collected.run, now=now())
        end_run(actor=actor, run=collected.run, now=now())
        if is_read_by_pairing(collected.run.kinds) and is_pairing_wanted():
            pair_people(now())
    tell_of_connection(collected, now())
    return collected.run


def pair_people(now: datetime, *, actor: Actor = SYSTEM) -> "Run":
    """Join people across the systems of the organization in scope, record that as facts, judge what changed."""
    run = pair(now=now, actor=actor)
    evaluate_run(run, now=now)
    end_run(actor=actor, run=run, now=now)
    return run


def tell_of_connection(collected: Collected, now: datetime) -> None:
    """One problem per cause: a refused credential is one, a lost permission is one, however many checks they blind."""
    connection = known_connection(collected.run.connection_id)
    kinds = frozenset(stream.kind for stream in load_connector(connection.vendor).STREAMS)
    causes: set[str] = set()
    if isinstance(collected.fault, BREAKING):
        cause = f"connection:{connection.pk}:broken"
        blinded = affected_by_source(connection.vendor, kinds)
        causes.add(cause)
        with action(ActionName.CONNECTION_CHANGED, actor=SYSTEM, subject=connection, reason=collected.fault.detail):
            _break_connection(connection, collected.fault.detail)
        raise_problem(
            cause=cause, title=f"{connection.name} cannot be read: the credential is refused",
            detail=_with_blinded(collected.fault.detail, blinded),
            remedy="Open the connection and give it a new credential. What it read stays; nothing is observed until then.",
            severity="critical", about_kind="connection", about_id=connection.pk, affected=len(blinded), now=now,
        )  # fmt: skip
    denied = sorted({each.operation for each in collected.faults if each.kind == "permission_missing" and each.operation})
    if denied and not causes:
        cause = f"connection:{connection.pk}:permission"
        blinded = affected_by_source(connection.vendor, kinds, frozenset(denied))
        causes.add(cause)
        raise_problem(
            cause=cause, title=f"{connection.name} lacks permissions", detail=_with_blinded(", ".join(denied), blinded),
            remedy="Add the named permissions to the role or token; the policy on the connection page has them all.", severity="high",
            about_kind="connection", about_id=connection.pk, affected=len(blinded), now=now,
        )  # fmt: skip
    trouble = [each for each in collected.faults if each.kind in UNUSABLE]
    if trouble and not causes:
        cause = f"connection:{connection.pk}:{trouble[0].kind}"
        causes.add(cause)
        raise_problem(
            cause=cause, title=f"{connection.name} gives answers that cannot be used", detail=trouble[0].detail[:2000],
            remedy="The other streams went on and the next run tries again. If it stays, look at the run's ledger for the call.",
            severity="medium", about_kind="connection", about_id=connection.pk, affected=0, now=now,
        )  # fmt: skip
    resolve_problems(about_id=connection.pk, except_causes=frozenset(causes), now=now)


def _with_blinded(detail: str, checks: Sequence[str]) -> str:
    return f"{detail}\n\nChecks that cannot be relied upon because of it: {', '.join(checks)}" if checks else detail


def finish_recorded(now: datetime) -> int:
    """Judge what was recorded by a worker that died before judging it. Returns the number of runs finished."""
    left = list(runs_in_state("recorded"))
    for run in left:
        evaluate_run(run, now=now)
        end_run(actor=SYSTEM, run=run, now=now)
    if any(is_read_by_pairing(run.kinds) for run in left) and is_pairing_wanted():
        pair_people(now)
    return len(left)


def reap(now: datetime) -> int:
    """End runs whose worker died while reading. Returns how many."""
    dead = abandoned_runs(now)
    for run in dead:
        end_run(
            actor=SYSTEM,
            run=run,
            now=now,
            outcome="failed",
            fault_kind="worker_lost",
            fault=LOST,
        )
    return len(dead)


@shared_task(name="compliance.tick")
def tick() -> None:
    """Every ten seconds: ring for what is due. Asks across organizations only through functions made for that question."""
    now = datetime.now(UTC)
    for organization_id, connection_id in due_connections(now):
        refresh_connection.delay(str(organization_id), str(connection_id))
    for organization_id in _organizations_to_judge(now):
        judge_due.delay(str(organization_id))
    for organization_id in organizations_with_pending_leaves():
        seal.delay(str(organization_id))
    for organization_id in organizations_to_freeze():
        freeze_populations.delay(str(organization_id))
    for organization_id in organizations_to_tell(now):
        tell.delay(str(organization_id))


@shared_task(name="compliance.refresh_connection")
def refresh_connection(organization_id: str, connection_id: str) -> None:
    """Collect and judge one connection."""
    with scope(uuid.UUID(organization_id)):
        now = datetime.now(UTC)
        reap(now)
        refresh(uuid.UUID(connection_id), due_by=now)
        observe_quality_if_due(datetime.now(UTC))
        tell_members()


@shared_task(name="compliance.probe_connection")
def probe(organization_id: str, connection_id: str) -> None:
    """Prove a draft: identity and permissions, nothing recorded."""
    with scope(uuid.UUID(organization_id)):
        probe_connection(uuid.UUID(connection_id))


@shared_task(name="compliance.judge_due")
def judge_due(organization_id: str) -> None:
    """Turn what turns by time, and finish what a dead worker left."""
    now = datetime.now(UTC)
    with scope(uuid.UUID(organization_id)):
        take_up_versions(now)
        finish_recorded(now)
        if is_pairing_due(now):  # before judging: what became blind is said by the joined facts themselves
            pair_people(now)
        evaluate_due(now=now)
        observe_quality_if_due(now)
        tell_members()


@shared_task(name="compliance.tell")
def tell(organization_id: str) -> None:
    """Look over what is due and what turned, and send what waits."""
    with scope(uuid.UUID(organization_id)):
        tell_members()


def tell_members() -> None:
    """One round of the organization in scope, by its own clock, then what waits goes out: within the same task as the verdict."""
    tell_round(clock_of())
    send_out(datetime.now(UTC))


@shared_task(name="compliance.freeze_populations")
def freeze_populations(organization_id: str) -> None:
    """Freeze the populations that somebody asked for."""
    with scope(uuid.UUID(organization_id)):
        freeze_due(now=clock_of())


@shared_task(name="compliance.reperform")
def reperform(organization_id: str, verdict_id: str, asked: str, actor_kind: str, actor_name: str, actor_id: str) -> None:
    """Judge one verdict again from raw bytes, as somebody asked; nothing to do where it is no more."""
    with scope(uuid.UUID(organization_id)), contextlib.suppress(UnknownVerdict):
        perform(uuid.UUID(verdict_id), asked, actor_of(actor_kind, actor_name, actor_id))


@shared_task(name="compliance.seal")
def seal(organization_id: str) -> None:
    """Append what is pending to the log and sign a checkpoint."""
    with scope(uuid.UUID(organization_id)):
        seal_pending(now=datetime.now(UTC))


@shared_task(name="compliance.countersign")
def countersign() -> None:
    """Every minute, beside the sealing and never before it: show the latest checkpoints to the authority and witnesses that are named."""
    countersign_round()


@shared_task(name="compliance.tidy")
def tidy() -> None:
    """Every hour: ring for organizations in whose store something deleted was left, by a crash or a lock that has ended since, and for
    those whose pushes were left open."""
    for organization_id in organizations_with_bytes_to_remove():
        finish_deletions.delay(str(organization_id))
    for organization_id in organizations_with_sessions_to_end(datetime.now(UTC)):
        end_pushes.delay(str(organization_id))


@shared_task(name="compliance.finish_deletions")
def finish_deletions(organization_id: str) -> None:
    """Remove from the store what executed deletions left there; what a lock still holds waits for the next hour."""
    with scope(uuid.UUID(organization_id)):
        remove_bytes(actor=SYSTEM)


@shared_task(name="compliance.end_pushes")
def end_pushes(organization_id: str) -> None:
    """End sessions of pushes that were not closed in time; their pieces are destroyed."""
    with scope(uuid.UUID(organization_id)):
        expire_sessions(now=datetime.now(UTC))


@shared_task(name="compliance.verify_stores")
def verify_stores() -> None:
    """Every hour: ring for organizations whose store was not verified for a month, or whose verification was broken off."""
    for organization_id in verifications_due(datetime.now(UTC)):
        verify_store.delay(str(organization_id))


@shared_task(name="compliance.verify_store")
def verify_store(organization_id: str) -> None:
    """Read everything that is kept again, gently, and go on where a former one was broken off."""
    with scope(uuid.UUID(organization_id)):
        verify_organization(resume=True, rate=GENTLY)


def _organizations_to_judge(now: datetime) -> list[uuid.UUID]:
    with database.cursor() as cursor:
        cursor.execute("SELECT organization_id FROM plumbline_organizations_to_judge(%s)", [now])
        return [row[0] for row in cursor.fetchall()]
