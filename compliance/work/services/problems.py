"""Problems: raised by cause, resolved when the cause is gone."""

import uuid
from datetime import datetime, timedelta

from compliance.trail.action import action
from compliance.trail.actor import SYSTEM, Actor
from compliance.trail.names import ActionName
from compliance.work.models import Problem

TIME_TO_FIX = {"critical": timedelta(days=1), "high": timedelta(days=7), "medium": timedelta(days=30), "low": timedelta(days=90)}


def raise_problem(
    *, cause: str, title: str, detail: str, remedy: str, severity: str, about_kind: str, about_id: uuid.UUID, affected: int, now: datetime,
    actor: Actor = SYSTEM,
) -> Problem:  # fmt: skip
    """Open the problem of that cause, or bring the open one up to date: one cause is one problem."""
    present = Problem.objects.filter(cause=cause, resolved_at=None).first()
    if present is not None and (present.detail, present.affected, present.title) == (detail, affected, title[:300]):
        return present
    with action(ActionName.PROBLEM_OPENED, actor=actor, subject=present, subject_name=title, detail={"cause": cause}):
        problem, _created = Problem.objects.update_or_create(
            cause=cause,
            resolved_at=None,
            defaults={"title": title[:300], "detail": detail, "remedy": remedy, "severity": severity, "affected": affected, "last_seen_at": now},
            create_defaults={
                "title": title[:300], "detail": detail, "remedy": remedy, "severity": severity, "affected": affected, "last_seen_at": now,
                "about_kind": about_kind, "about_id": about_id, "opened_at": now, "due_at": now + TIME_TO_FIX[severity],
            },
        )  # fmt: skip
    return problem


def resolve_problems(*, about_id: uuid.UUID, except_causes: frozenset[str] = frozenset(), now: datetime, actor: Actor = SYSTEM) -> int:
    """Resolve what was open about something, apart from the causes that still hold. Returns how many."""
    gone = Problem.objects.filter(about_id=about_id, resolved_at=None).exclude(cause__in=except_causes)
    if not gone.exists():
        return 0
    with action(ActionName.PROBLEM_RESOLVED, actor=actor, subject_name=", ".join(gone.values_list("title", flat=True))[:300]):
        return gone.update(resolved_at=now)
