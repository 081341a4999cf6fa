"""My work: everything with my name and a day on it, whatever it is, soonest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.tenancy.clock import now
from compliance.work.selectors.problems import open_problems
from compliance.work.selectors.tasks import tasks_ended, tasks_open
from controls.days import A_MOMENT
from controls.outcomes import ControlState
from controls.selectors.health import control_rows
from controls.selectors.occurrences import occurrences_owned

AHEAD = timedelta(days=90)
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One line: `by` is when it has to be done, `since` when it began to need somebody."""

    kind: str
    title: str
    url: str
    owner: str = ""
    by: datetime | None = None
    since: datetime | None = None
    severity: str = ""
    note: str = ""


@require_GET
@page(None)
def my_work(request: HttpRequest) -> HttpResponse:
    """Mine, or with `?whose=all` everybody's for whoever sees the programme."""
    sees_all = allows(request.membership.role, Right.SEE_PROGRAMME)
    everybody = sees_all and request.GET.get("whose") == "all"
    at = now()
    works = sorted(_works(request, at, everybody, sees_all), key=lambda each: (each.by or each.since or at, each.title))
    here = reverse("my_work", args=[request.organization.slug])
    overdue = [each for each in works if each.by is not None and each.by <= at]
    failing = [each for each in works if each.by is None and each.since is not None]
    soon = [each for each in works if each.by is not None and at < each.by <= at + SOON]
    context = {
        "crumbs": [(request.organization.name, f"/{request.organization.slug}/"), ("My work", "")],
        "everybody": everybody,
        "tabs": [
            {"name": "Mine", "url": here, "current": not everybody},
            {"name": "Everybody's", "url": f"{here}?whose=all", "current": everybody},
        ]
        if sees_all
        else [],
        "groups": [
            (name, rows)
            for name, rows in (
                ("Overdue", overdue),
                ("Needs you now", failing),
                ("In the next seven days", soon),
                ("Later", [each for each in works if each.by is not None and each.by > at + SOON]),
                ("Without a day", [each for each in works if each.by is None and each.since is None]),
            )
            if rows
        ],
        "overdue": len(overdue),
        "failing": len(failing),
        "soon": len(soon),
        "ended": tasks_ended(owner=None if everybody else request.membership.pk),
        "may_open": allows(request.membership.role, Right.ACT_ON_CONTROLS),
    }
    return TemplateResponse(request, "home/my_work.html", context)


def _works(request: HttpRequest, at: datetime, everybody: bool, sees_all: bool) -> Iterator[Work]:
    slug, mine = request.organization.slug, request.membership.pk
    for task in tasks_open(owner=None if everybody else mine):
        owner = (task.owner.user.name or task.owner.user.email) if task.owner else ""
        yield Work(
            kind="Task", title=task.title, url=reverse("task", args=[slug, task.pk]), owner=owner, by=task.due_at, note=task.about_name
        )
    if sees_all:
        yield from _of_programme(slug, None if everybody else mine, at)


def _of_programme(slug: str, owner, at: datetime) -> Iterator[Work]:
    names = {row.id: row for row in control_rows(at)}
    for row in names.values():
        if row.state == ControlState.FAILED and owner in (None, row.owner_id):
            url = reverse("control", args=[slug, row.code])
            yield Work(
                kind="Failing control",
                title=f"{row.code} {row.title}",
                url=url,
                owner=row.owner,
                since=row.since,
                severity=row.severity,
                note=row.reason,
            )
    for each in occurrences_owned(at, at + AHEAD):
        row = names.get(each.control_id)
        if row is not None and owner in (None, row.owner_id):
            url = f"{reverse('control', args=[slug, row.code])}#occurrences"
            yield Work(kind="Control to perform", title=f"{row.code} {row.title}", url=url, owner=row.owner, by=each.due_at - A_MOMENT)
    for problem in open_problems(limit=200):
        if owner is None or problem.owner_id == owner:
            known = problem.about_kind == "connection" and problem.about_id
            url = reverse("connection", args=[slug, problem.about_id]) if known else reverse("overview", args=[slug])
            yield Work(kind="Problem", title=problem.title, url=url, by=problem.due_at, severity=problem.severity, note=problem.remedy)
