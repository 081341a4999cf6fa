"""Verifying one organization: stage by stage, throttled, kept so that it can be resumed; told as a problem where something is wrong."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from compliance.operate.models import Verification
from compliance.operate.verify_store.findings import Finding
from compliance.operate.verify_store.stages import STAGES
from compliance.tenancy import scope
from compliance.tenancy.models import Organization
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM, Actor
from compliance.trail.names import ActionName
from compliance.work.services.problems import raise_problem, resolve_problems

KEPT = 500
SAVE_SECONDS = 2.0
EVERY = timedelta(days=30)
ABANDONED = timedelta(minutes=15)
GENTLY = 2000
"""Rows and blobs per second of a verification that the schedule starts: it shall not be felt."""


def verify_organization(
    *, now: Callable[[], datetime] = lambda: datetime.now(UTC), resume: bool = False, rate: int | None = None, actor: Actor = SYSTEM,
    told: Callable[[Finding], None] = lambda _finding: None,
) -> Verification:  # fmt: skip
    """Read everything of the organization in scope again, at most `rate` rows and blobs a second; with `resume` from where the last one
    was stopped. Returns what was found; findings are passed to `told` as they are made."""
    verification = _begun(now(), resume)
    pace = _Pace(rate)
    saved = time.monotonic()
    for name, stage in STAGES.items():
        if verification.place.get(name) == "done":
            continue
        for looked in stage(dict(verification.place.get(name) or {})):
            verification.place[name] = looked.place
            verification.counts[name] = verification.counts.get(name, 0) + looked.number
            _note(verification, looked.findings, told)
            pace.keep(looked.number)
            if looked.findings or time.monotonic() - saved > SAVE_SECONDS:
                verification.touched_at = now()
                verification.save()
                saved = time.monotonic()
        verification.place[name] = "done"
        verification.counts.setdefault(name, 0)
    _end(verification, now(), actor)
    return verification


def _begun(now: datetime, resume: bool) -> Verification:
    open_one = Verification.objects.filter(ended_at=None).first()
    if open_one is not None and resume:
        return open_one
    Verification.objects.filter(ended_at=None).delete()
    return Verification.objects.create(started_at=now, touched_at=now)


def _note(verification: Verification, findings: list[Finding], told: Callable[[Finding], None]) -> None:
    for finding in findings:
        verification.found += 1
        if len(verification.findings) < KEPT:
            verification.findings.append(finding.as_json())
        told(finding)


def _end(verification: Verification, now: datetime, actor: Actor) -> None:
    verification.touched_at = verification.ended_at = now
    with action(ActionName.STORE_VERIFIED, actor=actor, detail={"counts": verification.counts, "found": verification.found}):
        verification.save()
    about = uuid.uuid5(scope.organization_id(), "what is kept")
    if not verification.found:
        resolve_problems(about_id=about, now=now, actor=actor)
        return
    lines = [f"{each['what']}: {each['where']}: {each['detail']}" for each in verification.findings[:20]]
    raise_problem(
        cause="store:verification", title=f"{verification.found:,} things that are kept are not as they were", detail="\n".join(lines),
        remedy="The list on the log's page says of each what to do. Restore from a backup made before, then verify again.",
        severity="critical", about_kind="log", about_id=about, affected=verification.found, now=now, actor=actor,
    )  # fmt: skip


class _Pace:
    """No more than so many a second, on the average."""

    def __init__(self, rate: int | None) -> None:
        self._rate, self._done, self._start = rate, 0, time.monotonic()

    def keep(self, number: int) -> None:
        """Wait until `number` more are due."""
        if not self._rate:
            return
        self._done += number
        ahead = self._done / self._rate - (time.monotonic() - self._start)
        if ahead > 0:
            time.sleep(ahead)


@dataclass(frozen=True, slots=True)
class LastVerification:
    """How the last verification of an organization went; `started_at` None: there was none."""

    organization: Organization
    started_at: datetime | None
    touched_at: datetime | None
    ended_at: datetime | None
    found: int


def last_verifications() -> list[LastVerification]:
    """Of every organization of the installation, for its operator: asked without a scope, through a function made for the question."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organization_id, started_at, touched_at, ended_at, found FROM plumbline_last_verifications()")
        known = {row[0]: row[1:] for row in cursor.fetchall()}
    return [LastVerification(each, *known.get(each.pk, (None, None, None, 0))) for each in Organization.objects.order_by("slug")]


def verifications_due(now: datetime) -> list[uuid.UUID]:
    """Organizations never verified or not for a month, and those whose verification was broken off."""
    due: list[uuid.UUID] = []
    for last in last_verifications():
        since, allowed = (last.ended_at, EVERY) if last.ended_at is not None or last.started_at is None else (last.touched_at, ABANDONED)
        over = since is None or now - since > allowed
        if over:
            due.append(last.organization.pk)
    return due


def latest_verification() -> Verification | None:
    """The last verification of the organization in scope."""
    return Verification.objects.order_by("-started_at").first()
