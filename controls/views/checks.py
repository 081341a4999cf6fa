"""The page of a check: its claim, its logic, its population over time, who fails, how to mend it, and judging again."""

import inspect
import uuid
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.tenancy.clock import now
from compliance.ui.pictures.step_line import Series, step_line
from controls.counting import day_edges
from controls.models import Check, CheckPoint, CheckVersion
from controls.outcomes import UNREADABLE, Outcome
from controls.reading import days_of, pieces_of_points, point_state
from controls.registry import Definition, definitions
from controls.selectors.controls import controls_of_check
from controls.selectors.points import fixed_in, points_in, subjects_at, unreadable_now
from controls.selectors.quality import said_about
from controls.selectors.waivers import waivers_of_checks
from controls.services.evaluation import rejudge
from controls.services.parameters import change_parameters, explain_empty, switch_check
from controls.services.waivers import grant_waiver
from controls.views.asking import moment_asked
from evidence.selectors.streams import streams_of_kinds
from evidence.selectors.subjects import subject_by_id

SHOWN = {"failing": [Outcome.FAIL], "passing": [Outcome.PASS], "unknown": [Outcome.NO_DATA], "not_applicable": [Outcome.NOT_APPLICABLE]}


@require_GET
@page(Right.SEE_PROGRAMME)
def check_list(request: HttpRequest) -> HttpResponse:
    """Every check that this version knows, with its state here."""
    known = definitions()
    rows = {check.check_id: check for check in Check.objects.all()}
    listed = [
        {"known": each, "check": rows.get(each.id), "url": reverse("check", args=[request.organization.slug, each.id])}
        for each in known.values()
    ]
    context = {"crumbs": [("Controls", reverse("controls", args=[request.organization.slug])), ("Checks", "")], "listed": listed}
    return TemplateResponse(request, "controls/check_list.html", context)


@require_GET
@page(Right.SEE_PROGRAMME)
def check_page(request: HttpRequest, check_id: str) -> HttpResponse:
    """One check over the period."""
    known, check = found_check(check_id)
    moment = moment_asked(request)
    points = points_in([check.pk], moment.start, moment.until).get(check.pk, [])
    edges = day_edges(moment.first_day, moment.last_day, moment.zone, moment.until)
    pieces = pieces_of_points(points, moment.start, moment.until)
    last = _point_at(check, points, moment.at)
    shown = request.GET.get("show", "failing")
    shown = shown if shown in SHOWN else "failing"
    subjects = subjects_at(
        check.pk, moment.at, [int(each) for each in SHOWN[shown]], live=moment.live, after=request.GET.get("cursor", ""), limit=51
    )
    own_rows = streams_of_kinds(known.source_vendor, known.kinds)
    slug = request.organization.slug
    context = {
        "crumbs": [("Controls", reverse("controls", args=[slug])), ("Checks", reverse("checks", args=[slug])), (check.check_id, "")],
        "known": known,
        "check": check,
        "point": last,
        "state": last.state if last else check.state,
        "since": datetime.fromtimestamp(pieces[-1][0], UTC) if pieces else None,
        "lane_state": point_state(last.state, last.failing, last.waived, last.explained) if last else "not_observed",
        "moment": moment,
        "links": controls_of_check(check.check_id),
        "parameters": _parameters(known, check),
        "logic": inspect.getsource(known.module) if known.module else "",
        "pieces": pieces,
        "days": days_of(pieces, edges),
        "failing_line": _line("failing", "Failing subjects", points, moment.start, moment.end, moment.until),
        "population_line": _line("population", "Subjects looked at", points, moment.start, moment.end, moment.until),
        "shown": shown,
        "tabs": _tabs(check, last, shown),
        "unreadable": unreadable_now(check.pk) if moment.live and last is not None and last.unknown else 0,
        "unreadable_words": UNREADABLE,
        "subjects": subjects[:50],
        "next": subjects[49].key if len(subjects) > 50 else "",
        "fixed": fixed_in(check.pk, moment.start, moment.until),
        "versions": list(CheckVersion.objects.filter(check_row=check).order_by("-from_at")[:20]),
        "waivers": waivers_of_checks([check.pk]),
        "streams": own_rows,
        "quality": said_about({check.check_id, *(str(each.pk) for each in own_rows), *(str(each.source_id) for each in own_rows)}),
        "may_judge": allows(request.membership.role, Right.ACT_ON_CONTROLS),
        "may_manage": allows(request.membership.role, Right.MANAGE_CONTROLS),
    }
    return TemplateResponse(request, "controls/check_page.html", context)


@require_POST
@page(Right.ACT_ON_CONTROLS)
def check_rejudge(request: HttpRequest, check_id: str) -> HttpResponse:
    """Judge again on what is stored; nothing is collected."""
    _known, check = found_check(check_id)
    rejudge(check, now=now(), actor=request.actor)
    return redirect("check", slug=request.organization.slug, check_id=check_id)


@require_POST
@page(Right.MANAGE_CONTROLS)
def check_parameters(request: HttpRequest, check_id: str) -> HttpResponse:
    """Change parameters; what that turns is told with the change."""
    known, check = found_check(check_id)
    given = {name: request.POST.get(name, "") for name in known.defaults}
    try:
        change_parameters(actor=request.actor, check=check, given=given, reason=request.POST.get("reason", ""), now=now())
    except ValidationError as error:
        return _refused(error)
    return redirect("check", slug=request.organization.slug, check_id=check_id)


@require_POST
@page(Right.MANAGE_CONTROLS)
def check_switch(request: HttpRequest, check_id: str) -> HttpResponse:
    """Switch a check off or on; off is shown as not observed, never left out."""
    _known, check = found_check(check_id)
    try:
        switch_check(
            actor=request.actor, check=check, enabled=request.POST.get("enabled") == "1", reason=request.POST.get("reason", ""), now=now()
        )
    except ValidationError as error:
        return _refused(error)
    return redirect("check", slug=request.organization.slug, check_id=check_id)


@require_POST
@page(Right.MANAGE_CONTROLS)
def check_explain(request: HttpRequest, check_id: str) -> HttpResponse:
    """Explain why nobody falls under the claim."""
    _known, check = found_check(check_id)
    explain_empty(actor=request.actor, check=check, explanation=request.POST.get("explanation", ""), now=now())
    return redirect("check", slug=request.organization.slug, check_id=check_id)


@require_POST
@page(Right.MANAGE_CONTROLS)
def check_waive(request: HttpRequest, check_id: str) -> HttpResponse:
    """Grant a waiver for one failing subject or for all."""
    _known, check = found_check(check_id)
    try:
        asked = uuid.UUID(request.POST["subject"]) if request.POST.get("subject") else None
        until = datetime.fromisoformat(request.POST.get("until", "")).replace(tzinfo=request.organization.zone)
    except ValueError:
        asked = until = None
    subject = subject_by_id(asked) if asked else None
    if until is None or (asked and subject is None):
        return HttpResponse("Choose a subject and the day on which the waiver ends.", status=422, content_type="text/plain; charset=utf-8")
    try:
        grant_waiver(
            actor=request.actor, check=check, subject=subject, until=until, reason=request.POST.get("reason", ""),
            compensating_control=request.POST.get("compensating_control", ""), now=now(),
        )  # fmt: skip
    except ValidationError as error:
        return _refused(error)
    return redirect("check", slug=request.organization.slug, check_id=check_id)


def found_check(check_id: str) -> tuple[Definition, Check]:
    """The definition and this organization's row of a check, or 404."""
    known = definitions().get(check_id)
    check = Check.objects.filter(check_id=check_id).first()
    if known is None or check is None:
        raise Http404("There is no such check here: no adopted control uses it.")
    return known, check


def _refused(error: ValidationError) -> HttpResponse:
    return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")


def _point_at(check: Check, points: list[CheckPoint], at: datetime) -> CheckPoint | None:
    before = [point for point in points if point.at <= at]
    return before[-1] if before else CheckPoint.objects.filter(check_row=check, at__lte=at).order_by("-at", "-id").first()


def _parameters(known: Definition, check: Check) -> list[dict[str, Any]]:
    values = {**known.defaults, **check.parameters}
    return [
        {
            "name": name, "value": value if not isinstance(value, list) else "\n".join(value), "default": known.defaults[name],
            "meaning": known.parameters.get(name, {}).get("meaning", ""), "unit": known.parameters.get(name, {}).get("unit", ""),
            "is_list": isinstance(known.defaults[name], list | tuple), "is_flag": isinstance(known.defaults[name], bool),
        }
        for name, value in values.items()
    ]  # fmt: skip


def _line(which: str, title: str, points: list[CheckPoint], start: datetime, end: datetime, until: datetime) -> Any:
    def value(point: CheckPoint) -> int:
        return point.failing if which == "failing" else point.passing + point.failing + point.unknown

    low, high = start.timestamp(), until.timestamp()
    steps = [(max(point.at.timestamp(), low), value(point)) for point in points if point.at.timestamp() <= high]
    if not steps:
        return None
    tone = "failed" if which == "failing" else "ink"
    return step_line([Series(title, tone, [*steps, (high, steps[-1][1])])], low, end.timestamp(), title=title, now=high)


def _tabs(check: Check, point: CheckPoint | None, shown: str) -> list[dict[str, Any]]:
    counts = {
        "failing": point.failing if point else 0, "passing": point.passing if point else 0, "unknown": point.unknown if point else 0,
        "not_applicable": point.not_applicable if point else 0,
    }  # fmt: skip
    names = {"failing": "Failing", "passing": "Passing", "unknown": "No data", "not_applicable": "Not applicable"}
    return [{"name": names[key], "url": f"?show={key}#subjects", "count": counts[key], "current": key == shown} for key in names]
