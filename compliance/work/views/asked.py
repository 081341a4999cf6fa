"""What the views of work have in common: errors of services on their form, and whose task it is."""

import uuid

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest

from compliance.members.roles import Right, allows
from compliance.work.models import Task
from compliance.work.selectors.tasks import task_by_id


def refused(form: forms.Form, error: ValidationError, *, renamed: dict[str, str] | None = None) -> None:
    """Put what a service refused beside its field, or above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error.messages)
        return
    for name, said in error.message_dict.items():
        field = (renamed or {}).get(name, name)
        form.add_error(field if field in form.fields else None, said)


def task_seen(request: HttpRequest, task_id: uuid.UUID) -> Task:
    """The task, for whoever owns it or sees the programme. Raises Http404 for others: to them it does not exist."""
    task = task_by_id(task_id)
    if task is None or not (task.owner_id == request.membership.pk or allows(request.membership.role, Right.SEE_PROGRAMME)):
        raise Http404("There is no such task.")
    return task


def may_act_on(request: HttpRequest, task: Task) -> bool:
    """Whether this member may change the task: its owner, or who runs the programme."""
    return task.owner_id == request.membership.pk or allows(request.membership.role, Right.MANAGE_CONTROLS)


def task_to_change(request: HttpRequest, task_id: uuid.UUID) -> Task:
    """The same for who wants to change it. Raises PermissionDenied for who may only look."""
    task = task_seen(request, task_id)
    if not may_act_on(request, task):
        raise PermissionDenied("Only its owner, or who runs the programme, changes a task.")
    return task
