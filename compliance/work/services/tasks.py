"""Tasks: opened, changed, done, and opened again where they repeat."""

import uuid
import zoneinfo
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError

from compliance.members.models import Membership
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.work.models import Task, TaskStep
from compliance.work.models.task import REPEATS
from compliance.work.services.notices import Told, _tell

MONTHS = {"monthly": 1, "quarterly": 3, "semi_annual": 6, "annual": 12}
LONGEST_CHECKLIST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a task or a comment is over, with its page's address inside the organization."""

    kind: str = ""
    id: uuid.UUID | None = None
    name: str = ""
    path: str = ""


def open_task(
    *, actor: Actor, title: str, detail: str = "", owner: Membership | None, due_at: datetime | None, repeats: str = "",
    steps: Sequence[str] = (), about: About = About(), now: datetime,
) -> Task:  # fmt: skip
    """Open a task with its checklist and tell its owner. Raises ValidationError naming the field that is wrong."""
    steps = [each.strip() for each in steps if each.strip()]
    _refuse(title=title, due_at=due_at, repeats=repeats, steps=steps, now=now)
    owner = _member(owner)
    with action(ActionName.TASK_OPENED, actor=actor, subject_name=title.strip(), detail={"owner": str(owner.user) if owner else ""}):
        task = Task.objects.create(
            title=title.strip(), detail=detail.strip(), owner=owner, due_at=due_at, repeats=repeats, about_kind=about.kind,
            about_id=about.id, about_name=about.name, about_path=about.path, opened_at=now, opened_by=actor.name,
        )  # fmt: skip
        TaskStep.objects.bulk_create([TaskStep(task=task, number=number, text=text[:300]) for number, text in enumerate(steps, 1)])
        _tell_owner(task, actor, now)
    return task


def change_task(
    *, actor: Actor, task: Task, title: str, detail: str, owner: Membership | None, due_at: datetime | None, repeats: str, now: datetime
) -> Task:
    """Change what is agreed about an open task; a new owner is told. Raises ValidationError, also where it has ended."""
    if task.ended_at is not None:
        raise ValidationError("This task has ended; open it again to change it.")
    _refuse(title=title, due_at=due_at, repeats=repeats, steps=(), now=now if due_at != task.due_at else None)
    owner = _member(owner)
    before = {"title": task.title, "owner": str(task.owner.user) if task.owner else "", "due": str(task.due_at or "")}
    after = {"title": title.strip(), "owner": str(owner.user) if owner else "", "due": str(due_at or "")}
    with action(ActionName.TASK_CHANGED, actor=actor, subject=task, detail={"before": before, "after": after}):
        is_new_owner = (owner.pk if owner else None) != task.owner_id
        task.title, task.detail, task.owner, task.due_at, task.repeats = title.strip(), detail.strip(), owner, due_at, repeats
        task.save()
        if is_new_owner:
            _tell_owner(task, actor, now)
    return task


def end_task(*, actor: Actor, task: Task, outcome: str, note: str = "", zone: zoneinfo.ZoneInfo, now: datetime) -> Task | None:
    """A task is done, or dropped with a reason. A repeating one that is done opens its next; returns that. Raises ValidationError when
    it has ended already, steps are open, or it is dropped without a reason."""
    if outcome not in ("done", "dropped"):
        raise ValidationError({"outcome": "Say whether it is done or dropped."})
    if outcome == "dropped" and not note.strip():
        raise ValidationError({"note": "Say why it is dropped."})
    left = TaskStep.objects.filter(task=task, done_at=None).count() if outcome == "done" else 0
    if left:
        raise ValidationError({"steps": f"{left} step{'s are' if left > 1 else ' is'} still open; tick them off, or drop the task."})
    with action(ActionName.TASK_ENDED, actor=actor, subject=task, reason=note, detail={"outcome": outcome}):
        ended = Task.objects.filter(pk=task.pk, ended_at=None).update(ended_at=now, ended_by=actor.name, outcome=outcome, note=note.strip())
        if not ended:
            raise ValidationError("This task has ended already; look at the page again.")
        task.refresh_from_db()
        return _next(task, actor, zone, now) if outcome == "done" and task.repeats else None


def reopen_task(*, actor: Actor, task: Task, reason: str, now: datetime) -> Task:
    """Open an ended task again. Raises ValidationError without a reason, or where its repetition is open already."""
    if task.ended_at is None:
        return task
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is opened again."})
    if Task.objects.filter(follows=task.pk).exists():
        raise ValidationError("Its next repetition is open already; use that one.")
    with action(ActionName.TASK_REOPENED, actor=actor, subject=task, reason=reason):
        task.ended_at, task.ended_by, task.outcome = None, "", ""
        task.save()
        _tell_owner(task, actor, now)
    return task


def tick_step(*, actor: Actor, step: TaskStep, done: bool, now: datetime) -> TaskStep:
    """Tick a line of the checklist off, or untick it. Raises ValidationError where the task has ended."""
    if step.task.ended_at is not None:
        raise ValidationError("This task has ended; open it again to change its checklist.")
    with action(ActionName.TASK_CHANGED, actor=actor, subject=step.task, detail={"step": step.text, "done": done}):
        step.done_at, step.done_by = (now, actor.name) if done else (None, "")
        step.save()
    return step


def following(due_at: datetime, repeats: str, zone: zoneinfo.ZoneInfo) -> datetime:
    """When the next of a repeating task is due: the same time of day in the zone, the 31st becoming the last day of a short month."""
    local = due_at.astimezone(zone)
    if repeats == "weekly":
        later = local.replace(tzinfo=None) + timedelta(days=7)
    else:
        month = local.month - 1 + MONTHS[repeats]
        year, month = local.year + month // 12, month % 12 + 1
        later = local.replace(tzinfo=None, year=year, month=month, day=min(local.day, monthrange(year, month)[1]))
    return later.replace(tzinfo=zone)


def _next(task: Task, actor: Actor, zone: zoneinfo.ZoneInfo, now: datetime) -> Task:
    following_task = Task.objects.create(
        title=task.title, detail=task.detail, owner=task.owner, due_at=following(task.due_at, task.repeats, zone), repeats=task.repeats,
        follows=task.pk, about_kind=task.about_kind, about_id=task.about_id, about_name=task.about_name, about_path=task.about_path,
        opened_at=now, opened_by=actor.name,
    )  # fmt: skip
    steps = TaskStep.objects.filter(task=task)
    TaskStep.objects.bulk_create([TaskStep(task=following_task, number=each.number, text=each.text) for each in steps])
    return following_task


def _tell_owner(task: Task, actor: Actor, now: datetime) -> None:
    """Inner step of an action: who gets a task from somebody else is told."""
    if task.owner is None or task.owner.user_id == actor.id:
        return
    key = f"assigned:task:{task.pk}:{now.isoformat()}"
    title = f"{actor.name} gave you a task: {task.title}"
    _tell([Told(recipient=task.owner_id, event="assigned", key=key, title=title, body=task.detail, path=f"tasks/{task.pk}/")], now)


def _refuse(*, title: str, due_at: datetime | None, repeats: str, steps: Sequence[str], now: datetime | None) -> None:
    wrong: dict[str, str] = {}
    if not title.strip():
        wrong["title"] = "Say in a few words what is to be done."
    elif len(title.strip()) > 200:
        wrong["title"] = "Keep it under 200 characters; the rest belongs below."
    if repeats not in REPEATS:
        wrong["repeats"] = "Choose one of the rhythms shown."
    elif repeats and due_at is None:
        wrong["due_at"] = "What repeats needs a first day by which it is done."
    if due_at is not None and now is not None and due_at < now - timedelta(days=1):
        wrong["due_at"] = "That day has passed; choose one ahead."
    if len(steps) > LONGEST_CHECKLIST:
        wrong["steps"] = f"A checklist has at most {LONGEST_CHECKLIST} lines; make several tasks."
    if wrong:
        raise ValidationError(wrong)


def _member(owner: Membership | None) -> Membership | None:
    """The owner, fetched in the organization in scope. Raises ValidationError for anybody else."""
    if owner is None:
        return None
    known = Membership.objects.select_related("user").filter(pk=owner.pk).first()
    if known is None:
        raise ValidationError({"owner": "Choose a member of this organization."})
    return known
