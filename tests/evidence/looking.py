"""Looks at streams, as collectors would hand them over, for tests of what is made of records."""

import uuid
from datetime import UTC, datetime

from compliance.trail.actor import SYSTEM
from compliance.vault.services.blobs import digest_of
from evidence.facts.account.v1 import Account as AccountFact
from evidence.facts.change.v1 import Change
from evidence.facts.identity.v1 import Identity
from evidence.facts.mainline_commit.v1 import MainlineCommit
from evidence.facts.person.v1 import Move, Person
from evidence.models import Run
from evidence.readings import CallMade, Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = b"the raw page"
CONNECTION = uuid.UUID("018f0000-0000-7000-8000-000000000002")


def call(operation="GET /things", *, rows=1, total=None, at=NOON):
    """One call of the ledger whose answer is the page."""
    return CallMade(
        operation=operation, parameters={"per_page": 100}, partition="", page=1, rows=rows, total=total, more=False, status=200, started_at=at,
        finished_at=at, vendor_time=at, request_id="r-1", sha256=digest_of(PAGE), size=len(PAGE), quota_limit=None, quota_remaining=None,
        not_modified=False, fault="",
    )  # fmt: skip


def look(
    *facts, at=NOON, vendor="github", account="fernhill", mode="snapshot", kind="", expected=None, complete=True, staleness=3 * 3600
) -> Run:
    """One run over one stream."""
    kind = kind or facts[0].KIND
    run = start_run(actor=SYSTEM, connection_id=CONNECTION, vendor=vendor, connector_version="1.4", kinds=[kind], started_by="test", now=at)
    reading = Reading(
        vendor=vendor, kind=kind, mode=mode, complete=complete, completeness="total", expected=expected, staleness_seconds=staleness,
        observations=[Observed(fact, (digest_of(PAGE),)) for fact in facts],
    )  # fmt: skip
    record_run(
        actor=SYSTEM, run=run, account=Account(account, "Fernhill", "app/plumbline"), readings=[reading], calls=[call(rows=len(facts), total=expected, at=at)],
        read_page=lambda _digest: PAGE, now=at,
    )  # fmt: skip
    end_run(actor=SYSTEM, run=run, now=at)
    return run


def member(name, **more):
    """A member of the code organization."""
    return AccountFact(subject=more.pop("subject", f"U_{name}"), name=name, **more)


def person(name, **more):
    """Somebody on the roster."""
    return Person(subject=f"p-{name}", name=name.title(), work_email=f"{name}@fernhill.example", employment="employee", **more)


def identity(name, *, enabled=True):
    """A user of the identity provider."""
    return Identity(subject=f"00u-{name}", name=name, login=f"{name}@fernhill.example", enabled=enabled)


def change(number, merged, **more):
    """A merged change."""
    return Change(
        subject=f"PR_{number}",
        name=f"app #{number}",
        repository="R_app",
        repository_name="fernhill/app",
        number=number,
        merged=merged,
        **more,
    )


def commit(sha, committed, changes):
    """A commit on the default branch."""
    return MainlineCommit(
        subject=f"C_{sha}",
        name=sha,
        repository="R_app",
        repository_name="fernhill/app",
        sha=sha,
        committed=committed,
        parents=1,
        changes=changes,
    )


__all__ = ["Move", "NOON", "PAGE", "call", "change", "commit", "identity", "look", "member", "person"]
