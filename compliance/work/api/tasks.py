"""Tasks over the API."""

import uuid
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.paging import paged
from compliance.api.views import OrganizationView
from compliance.members.models import Membership
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from compliance.work.models import Comment, Task, TaskStep
from compliance.work.models.task import REPEATS
from compliance.work.selectors.comments import comments_about
from compliance.work.selectors.tasks import ORDER, step_of, steps_of, tasks_listed
from compliance.work.services.comments import comment
from compliance.work.services.tasks import About, change_task, end_task, open_task, reopen_task, tick_step
from compliance.work.views.asked import task_seen, task_to_change


class TaskStepBody(serializers.Serializer):
    """A line of a checklist."""

    number = serializers.IntegerField(read_only=True)
    text = serializers.CharField(read_only=True)
    done = serializers.BooleanField()
    done_at = serializers.DateTimeField(read_only=True, allow_null=True)
    done_by = serializers.CharField(read_only=True, allow_blank=True)


class AgreedBody(serializers.Serializer):
    """What is agreed about a task."""

    title = serializers.CharField(max_length=200)
    detail = serializers.CharField(allow_blank=True, required=False, default="")
    owner = serializers.UUIDField(allow_null=True, required=False, default=None, help_text="A member of the organization (`/members/`).")
    due_at = serializers.DateTimeField(allow_null=True, required=False, default=None)
    repeats = serializers.ChoiceField(choices=REPEATS, allow_blank=True, required=False, default="")


class NewTaskBody(AgreedBody):
    """A task to be opened, with its checklist."""

    steps = serializers.ListField(child=serializers.CharField(max_length=300), required=False, default=list)


class TaskBody(AgreedBody):
    """A task. `outcome` is empty while it is open."""

    id = serializers.UUIDField(read_only=True)
    opened_at = serializers.DateTimeField(read_only=True)
    opened_by = serializers.CharField(read_only=True)
    ended_at = serializers.DateTimeField(read_only=True, allow_null=True)
    ended_by = serializers.CharField(read_only=True, allow_blank=True)
    outcome = serializers.ChoiceField(choices=["", "done", "dropped"], read_only=True)
    note = serializers.CharField(read_only=True, allow_blank=True)
    about_kind = serializers.CharField(read_only=True, allow_blank=True)
    about_id = serializers.UUIDField(read_only=True, allow_null=True)


class TaskDetailBody(TaskBody):
    """A task with its checklist."""

    steps = TaskStepBody(many=True, read_only=True)


class TaskPage(serializers.Serializer):
    """A page of tasks."""

    results = TaskBody(many=True)
    next = serializers.URLField(allow_null=True)


class TaskEndBody(serializers.Serializer):
    """How a task ends, or that it is opened again."""

    outcome = serializers.ChoiceField(choices=["done", "dropped", "reopened"])
    note = serializers.CharField(allow_blank=True, required=False, default="")


class CommentBody(serializers.Serializer):
    """What somebody said."""

    id = serializers.UUIDField(read_only=True)
    text = serializers.CharField()
    author = serializers.CharField(read_only=True)
    mentioned = serializers.ListField(child=serializers.CharField(), read_only=True)
    at = serializers.DateTimeField(read_only=True)


class TaskQuery(serializers.Serializer):
    """What may be asked."""

    owner = serializers.UUIDField(required=False)
    open = serializers.BooleanField(required=False, allow_null=True, default=None)


def shown(task: Task) -> dict[str, Any]:
    """A task as plain data."""
    names = (
        "id", "title", "detail", "due_at", "repeats", "opened_at", "opened_by", "ended_at", "ended_by", "outcome", "note", "about_kind",
        "about_id",
    )  # fmt: skip
    return {name: getattr(task, name) for name in names} | {"owner": task.owner_id}


def _detailed(task: Task) -> dict[str, Any]:
    return shown(task) | {"steps": [_step(each) for each in steps_of(task.pk)]}


def _step(step: TaskStep) -> dict[str, Any]:
    return {"number": step.number, "text": step.text, "done": step.done_at is not None, "done_at": step.done_at, "done_by": step.done_by}


def _comment(said: Comment) -> dict[str, Any]:
    return {"id": said.pk, "text": said.text, "author": said.author_name, "mentioned": said.mentioned, "at": said.at}


def _agreed(data: dict[str, Any]) -> dict[str, Any]:
    """The owner as a member; somebody else's id is refused by name, like one that does not exist."""
    owner = data.pop("owner")
    found = Membership.objects.filter(pk=owner).first() if owner else None
    if owner and found is None:
        raise serializers.ValidationError({"owner": "Choose a member of this organization."})
    return data | {"owner": found}


class TasksRoute(OrganizationView):
    """Tasks of the organization."""

    write_right = Right.ACT_ON_CONTROLS

    @extend_schema(
        operation_id="tasks_list",
        responses=TaskPage,
        parameters=[TaskQuery, *(OpenApiParameter(name, str) for name in ("cursor", "limit"))],
    )
    def get(self, request: Request) -> Response:
        """By when they were opened; `?owner=` a member's, `?open=true` those that wait."""
        query = TaskQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        return paged(request, tasks_listed(**query.validated_data), order=ORDER, shown=shown)

    @extend_schema(operation_id="task_open", request=NewTaskBody, responses={201: TaskDetailBody})
    def post(self, request: Request) -> Response:
        """Open a task; its owner is told."""
        body = NewTaskBody(data=request.data)
        body.is_valid(raise_exception=True)
        task = open_task(actor=request.actor, now=now(), **_agreed(dict(body.validated_data)))
        return Response(_detailed(task), status=201)


class TaskRoute(OrganizationView):
    """One task."""

    right = None

    @extend_schema(operation_id="task", responses=TaskDetailBody)
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        """With its checklist; one's own, or for whoever sees the programme."""
        return Response(_detailed(task_seen(request, task_id)))

    @extend_schema(operation_id="task_change", request=AgreedBody, responses=TaskDetailBody)
    def put(self, request: Request, task_id: uuid.UUID) -> Response:
        """Change what is agreed; a new owner is told."""
        task = task_to_change(request, task_id)
        body = AgreedBody(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(_detailed(change_task(actor=request.actor, task=task, now=now(), **_agreed(dict(body.validated_data)))))


class TaskEndRoute(OrganizationView):
    """The end of a task."""

    right = None

    @extend_schema(operation_id="task_end", request=TaskEndBody, responses=TaskDetailBody)
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Done, dropped with a reason, or opened again with one. A repeating task that is done opens its next."""
        task = task_to_change(request, task_id)
        body = TaskEndBody(data=request.data)
        body.is_valid(raise_exception=True)
        outcome, note = body.validated_data["outcome"], body.validated_data["note"]
        if outcome == "reopened":
            reopen_task(actor=request.actor, task=task, reason=note, now=now())
        else:
            end_task(actor=request.actor, task=task, outcome=outcome, note=note, zone=request.organization.zone, now=now())
        return Response(_detailed(task))


class TaskStepRoute(OrganizationView):
    """A line of a checklist."""

    right = None

    @extend_schema(operation_id="task_step", request=TaskStepBody, responses=TaskDetailBody)
    def put(self, request: Request, task_id: uuid.UUID, number: int) -> Response:
        """Tick it off, or untick it."""
        task = task_to_change(request, task_id)
        body = TaskStepBody(data=request.data)
        body.is_valid(raise_exception=True)
        step = step_of(task.pk, number)
        if step is None:
            raise Http404
        tick_step(actor=request.actor, step=step, done=body.validated_data["done"], now=now())
        return Response(_detailed(task))


class TaskCommentsRoute(OrganizationView):
    """What is said about a task."""

    right = None

    @extend_schema(operation_id="task_comments", responses=CommentBody(many=True))
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        """Oldest first, at most the latest 200."""
        return Response([_comment(each) for each in comments_about(task_seen(request, task_id).pk)])

    @extend_schema(operation_id="task_comment", request=CommentBody, responses={201: CommentBody})
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Say something; @name tells that member."""
        task = task_seen(request, task_id)
        body = CommentBody(data=request.data)
        body.is_valid(raise_exception=True)
        about = About(kind="task", id=task.pk, name=task.title, path=f"tasks/{task.pk}/")
        said = comment(actor=request.actor, author=request.membership, about=about, text=body.validated_data["text"], now=now())
        return Response(_comment(said), status=201)
