"""Pages of tasks."""

import uuid

from django.contrib.messages import error as say_error
from django.contrib.messages import success
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.tenancy.clock import now
from compliance.work.forms.tasks import NewTaskForm, TaskForm
from compliance.work.models import Task
from compliance.work.selectors.comments import comments_about
from compliance.work.selectors.tasks import next_of, step_of, steps_of, task_by_id
from compliance.work.services.comments import comment
from compliance.work.services.tasks import About, change_task, end_task, open_task, reopen_task, tick_step
from compliance.work.views.asked import may_act_on, refused, task_seen, task_to_change


def about_task(task: Task) -> About:
    """What a comment on a task is about."""
    return About(kind="task", id=task.pk, name=task.title, path=f"tasks/{task.pk}/")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Right.ACT_ON_CONTROLS)
def task_new(request: HttpRequest) -> HttpResponse:
    """Open a task."""
    first = {"owner": str(request.membership.pk), "title": request.GET.get("title", "")[:200]}
    form = NewTaskForm(request.POST if request.method == "POST" else None, initial=first, zone=request.organization.zone)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            task = open_task(
                actor=request.actor, title=given["title"], detail=given["detail"], owner=given["owner"], due_at=form.due_at,
                repeats=given["repeats"], steps=form.lines, now=now(),
            )  # fmt: skip
        except ValidationError as error:
            refused(form, error, renamed={"due_at": "due"})
        else:
            success(request, f"“{task.title}” is open.")
            return redirect("task", request.organization.slug, task.pk)
    context = {"form": form, "crumbs": [("My work", reverse("my_work", args=[request.organization.slug])), ("New task", "")]}
    return render(request, "work/task_new.html", context, status=422 if form.errors else 200)


@require_GET
@page(None)
def task_page(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """One task with its checklist and what was said about it."""
    return _page(request, task_seen(request, task_id))


def _page(request: HttpRequest, task: Task, *, form: TaskForm | None = None, said: str = "", status: int = 200) -> HttpResponse:
    zone = request.organization.zone
    first = {"title": task.title, "detail": task.detail, "owner": str(task.owner_id or ""), "repeats": task.repeats}
    if task.due_at:
        first["due"] = task.due_at.astimezone(zone).date()
    steps = steps_of(task.pk)
    context = {
        "task": task,
        "steps": steps,
        "steps_done": sum(each.done_at is not None for each in steps),
        "comments": comments_about(task.pk),
        "following": next_of(task.pk) if task.ended_at else None,
        "former": task_by_id(task.follows) if task.follows else None,
        "form": form or TaskForm(initial=first, zone=zone),
        "editing": form is not None,
        "said": said,
        "may_act": may_act_on(request, task),
        "sees_evidence": allows(request.membership.role, Right.SEE_PROGRAMME),
        "overdue": task.ended_at is None and task.due_at is not None and task.due_at <= now(),
        "crumbs": [("My work", reverse("my_work", args=[request.organization.slug])), (task.title, "")],
    }
    return render(request, "work/task_page.html", context, status=status)


@require_POST
@page(None)
def task_change(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Change what is agreed."""
    task = task_to_change(request, task_id)
    form = TaskForm(request.POST, zone=request.organization.zone)
    if form.is_valid():
        given = form.cleaned_data
        try:
            change_task(
                actor=request.actor, task=task, title=given["title"], detail=given["detail"], owner=given["owner"], due_at=form.due_at,
                repeats=given["repeats"], now=now(),
            )  # fmt: skip
        except ValidationError as error:
            refused(form, error, renamed={"due_at": "due"})
        else:
            success(request, "Changed.")
            return redirect("task", request.organization.slug, task.pk)
    return _page(request, task, form=form, status=422)


@require_POST
@page(None)
def task_end(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """It is done, or dropped with a reason; or opened again."""
    task = task_to_change(request, task_id)
    outcome, note = request.POST.get("outcome", ""), request.POST.get("note", "")
    try:
        if outcome == "reopened":
            reopen_task(actor=request.actor, task=task, reason=note, now=now())
            success(request, "Open again.")
        else:
            following = end_task(actor=request.actor, task=task, outcome=outcome, note=note, zone=request.organization.zone, now=now())
            success(request, "Done. The next one is open." if following else "Done." if outcome == "done" else "Dropped.")
    except ValidationError as error:
        say_error(request, " ".join(error.messages))
    return redirect("task", request.organization.slug, task.pk)


@require_POST
@page(None)
def task_step(request: HttpRequest, task_id: uuid.UUID, number: int) -> HttpResponse:
    """Tick a step off, or untick it."""
    task = task_to_change(request, task_id)
    step = step_of(task.pk, number)
    if step is None:
        raise Http404("There is no such step.")
    try:
        tick_step(actor=request.actor, step=step, done=request.POST.get("done") == "yes", now=now())
    except ValidationError as error:
        say_error(request, " ".join(error.messages))
    return redirect(f"{reverse('task', args=[request.organization.slug, task.pk])}#steps")


@require_POST
@page(None)
def task_comment(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Say something about it."""
    task = task_seen(request, task_id)
    text = request.POST.get("text", "")
    try:
        comment(actor=request.actor, author=request.membership, about=about_task(task), text=text, now=now())
    except ValidationError as error:
        say_error(request, " ".join(error.messages))
        return _page(request, task, said=text, status=422)
    return redirect(f"{reverse('task', args=[request.organization.slug, task.pk])}#comments")
