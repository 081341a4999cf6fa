"""Reading tasks."""

import uuid
from datetime import datetime

from django.db.models import F, QuerySet

from compliance.work.models import Task, TaskStep

ORDER = ("opened_at", "id")


def tasks_open(*, owner: uuid.UUID | None = None, about: uuid.UUID | None = None) -> QuerySet[Task]:
    """Open tasks with their owner, soonest due first; those without a day come last."""
    tasks = Task.objects.filter(ended_at=None).select_related("owner__user")
    if owner is not None:
        tasks = tasks.filter(owner=owner)
    if about is not None:
        tasks = tasks.filter(about_id=about)
    return tasks.order_by(F("due_at").asc(nulls_last=True), "id")


def tasks_named(part: str, limit: int, *, owner: uuid.UUID | None = None) -> list[Task]:
    """Open tasks whose title contains `part`, soonest due first; only those of a member where one is named."""
    return list(tasks_open(owner=owner).filter(title__icontains=part)[:limit])


def tasks_ended(*, owner: uuid.UUID | None = None, limit: int = 20) -> list[Task]:
    """What was done or dropped last."""
    tasks = Task.objects.exclude(ended_at=None).select_related("owner__user")
    return list((tasks.filter(owner=owner) if owner else tasks).order_by("-ended_at")[:limit])


def task_by_id(task_id: uuid.UUID) -> Task | None:
    """One task with its owner."""
    return Task.objects.select_related("owner__user").filter(pk=task_id).first()


def steps_of(task_id: uuid.UUID) -> list[TaskStep]:
    """The checklist, in order."""
    return list(TaskStep.objects.filter(task=task_id).order_by("number"))


def step_of(task_id: uuid.UUID, number: int) -> TaskStep | None:
    """One line of a checklist, with its task."""
    return TaskStep.objects.select_related("task").filter(task=task_id, number=number).first()


def next_of(task_id: uuid.UUID) -> Task | None:
    """The repetition that follows a task."""
    return Task.objects.filter(follows=task_id).first()


def tasks_dated(until: datetime) -> list[Task]:
    """Open tasks of somebody that are due until an instant, overdue ones among them."""
    return list(Task.objects.filter(ended_at=None, due_at__lte=until, owner__isnull=False).order_by("due_at"))


def tasks_listed(*, owner: uuid.UUID | None = None, open: bool | None = None) -> QuerySet[Task]:
    """Tasks to be paged by ORDER; `open` True those that wait, False those that ended, None all."""
    tasks = Task.objects.all()
    if owner is not None:
        tasks = tasks.filter(owner=owner)
    return tasks if open is None else tasks.filter(ended_at__isnull=open)
