"""Connections: the catalogue, the wizard, the page of one, and what can be done with it."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.tenancy.clock import now
from compliance.ui.pictures.calls_bar import calls_bar
from compliance.ui.pictures.runs_strip import runs_strip
from compliance.ui.pictures.sparkline import sparkline
from compliance.work.selectors.problems import open_problems
from evidence.selectors.demand import demanded_kinds
from evidence.selectors.runs import calls_of_run, latest_runs, run_by_id, streams_of_run
from evidence.selectors.streams import coverage_of, streams_of_source
from integrations.bell import ring
from integrations.cards import Card, cards
from integrations.fed import FED
from integrations.models import Connection
from integrations.registry import GRANTS
from integrations.selectors.connections import all_connections, due_of, runs_of
from integrations.services.connections import (
    ask_for_run,
    cancel_run,
    change_connection,
    create_connection,
    delete_connection,
    new_external_id,
    pause_connection,
    start_connection,
)
from integrations.vendors.aws.permissions import policy_of, template_of
from integrations.views.sign_in import redirect_uri

if TYPE_CHECKING:
    from evidence.models import Coverage, Run, Stream

STRIP_DAYS = 14


@require_GET
@page(Right.SEE_PROGRAMME)
def connection_list(request: HttpRequest) -> HttpResponse:
    """What is connected, and what can be."""
    connections = all_connections()
    problems = {problem.about_id: problem for problem in open_problems()}
    latest = latest_runs([each.pk for each in connections])
    live: dict[str, datetime] = {}
    for each in connections:
        if each.live_verified_at is not None:
            live[each.vendor] = max(each.live_verified_at, live.get(each.vendor, each.live_verified_at))
    context = {
        "crumbs": [("Connections", "")],
        "connections": [
            {
                "connection": each, "run": latest.get(each.pk), "problem": problems.get(each.pk), "card": cards().get(each.vendor),
                "fed": FED.get(each.vendor, ""),
            }
            for each in connections
        ],
        "catalogue": [(card, live.get(card.key)) for card in cards().values()],
        "broken": sum(1 for each in connections if each.state == "broken"),
        "may_manage": allows(request.membership.role, Right.MANAGE_CONNECTIONS),
    }  # fmt: skip
    return TemplateResponse(request, "integrations/connection_list.html", context)


@require_http_methods(["GET", "POST"])
@page(Right.MANAGE_CONNECTIONS)
def connection_new(request: HttpRequest, vendor: str) -> HttpResponse:
    """The wizard's first step: settings and secrets; the second proves them before anything is relied upon."""
    card = _card(vendor)
    external_id = request.session.setdefault(f"external_id_{vendor}", new_external_id()) if card.needs_external_id else ""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            connection = create_connection(
                actor=request.actor, vendor=vendor, name=request.POST.get("name", "").strip() or card.name, vendor_settings=card.settings,
                given=request.POST.dict(), external_id=external_id, now=now(), cadence_minutes=_cadence(request),
            )  # fmt: skip
        except ValidationError as error:
            errors = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        else:
            request.session.pop(f"external_id_{vendor}", None)
            _ring(request, connection, "compliance.probe_connection")
            return redirect("connection", slug=request.organization.slug, connection_id=connection.pk)
    context = {
        "crumbs": [("Connections", reverse("connections", args=[request.organization.slug])), (f"Connect {card.name}", "")],
        "card": card,
        "fields": [
            {
                "setting": each,
                "value": "" if each.secret else request.POST.get(each.name, each.default),
                "errors": errors.get(each.name, []),
            }
            for each in card.settings
        ],
        "errors": errors.get("", []) + errors.get("name", []) + errors.get("cadence_minutes", []),
        "flawed": sum(1 for each in card.settings if each.name in errors),
        "name": request.POST.get("name", card.name),
        "external_id": external_id,
        "redirect_uri": redirect_uri(request) if vendor in GRANTS else "",
        "policy": _policy(card) if vendor == "aws" else "",
        "template": _template(request, external_id, card) if vendor == "aws" else "",
    }
    return TemplateResponse(request, "integrations/connection_new.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
@page(Right.SEE_PROGRAMME)
def connection_page(request: HttpRequest, connection_id: Any) -> HttpResponse:
    """One connection: proof, runs, streams and their coverage, headroom. A POST changes its settings."""
    connection = _found(connection_id)
    if connection.vendor in FED:
        return redirect("import_source", slug=request.organization.slug, connection_id=connection.pk)
    card = _card(connection.vendor)
    may_manage = allows(request.membership.role, Right.MANAGE_CONNECTIONS)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        if not may_manage:
            return HttpResponse("Your role does not change connections.", status=403, content_type="text/plain; charset=utf-8")
        try:
            change_connection(
                actor=request.actor, connection=connection, vendor_settings=card.settings, given=request.POST.dict(), now=now(),
                name=request.POST.get("name", ""), cadence_minutes=_cadence(request),
            )  # fmt: skip
        except ValidationError as error:
            errors = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        else:
            _ring(request, connection, "compliance.probe_connection")
            _ring(request, connection, "compliance.refresh_connection")
            return redirect("connection", slug=request.organization.slug, connection_id=connection.pk)
    context = _connection_context(request, connection, card, may_manage, errors)
    return TemplateResponse(request, "integrations/connection_page.html", context, status=422 if errors else 200)


@require_GET
@page(Right.SEE_PROGRAMME)
def connection_live(request: HttpRequest, connection_id: Any) -> HttpResponse:
    """The live part of the page: proof of a draft, progress of a run. Polled by htmx, a plain page without."""
    connection = _found(connection_id)
    if connection.vendor in FED:
        raise Http404("Nothing is read here: lists are brought or pushed.")
    context = {"connection": connection, "due": due_of(connection.pk), "now": now(), "live": True}
    context["may_run"] = allows(request.membership.role, Right.RUN_CONNECTIONS)
    context["may_manage"] = allows(request.membership.role, Right.MANAGE_CONNECTIONS)
    return TemplateResponse(request, "integrations/connection_live.html", context)


@require_POST
@page(Right.RUN_CONNECTIONS)
def connection_run(request: HttpRequest, connection_id: Any) -> HttpResponse:
    """Observe now."""
    connection = _found(connection_id)
    try:
        ask_for_run(actor=request.actor, connection=connection, now=now())
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
    _ring(request, connection, "compliance.refresh_connection")
    return redirect("connection", slug=request.organization.slug, connection_id=connection.pk)


@require_POST
@page(Right.RUN_CONNECTIONS)
def connection_cancel(request: HttpRequest, connection_id: Any) -> HttpResponse:
    """Stop the run after the page it is reading."""
    connection = _found(connection_id)
    cancel_run(actor=request.actor, connection=connection)
    return redirect("connection", slug=request.organization.slug, connection_id=connection.pk)


@require_POST
@page(Right.MANAGE_CONNECTIONS)
def connection_state(request: HttpRequest, connection_id: Any) -> HttpResponse:
    """Start, prove again, pause or delete, as the button says."""
    connection = _found(connection_id)
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    try:
        match act:
            case "start":
                start_connection(actor=request.actor, connection=connection, now=now())
                _ring(request, connection, "compliance.refresh_connection")
            case "prove" | "pause" if connection.vendor in FED:
                return HttpResponse("Nothing is read here: end the list instead.", status=422, content_type="text/plain; charset=utf-8")
            case "prove":
                _ring(request, connection, "compliance.probe_connection")
            case "pause":
                pause_connection(actor=request.actor, connection=connection, reason=reason, now=now())
            case "delete":
                delete_connection(actor=request.actor, connection=connection, reason=reason, now=now())
                return redirect("connections", slug=request.organization.slug)
            case _:
                return HttpResponse("Choose what to do.", status=422, content_type="text/plain; charset=utf-8")
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
    return redirect("connection", slug=request.organization.slug, connection_id=connection.pk)


@require_GET
@page(Right.SEE_PROGRAMME)
def run_page(request: HttpRequest, run_id: Any) -> HttpResponse:
    """One run: what it did per stream, and every call it made."""
    run = run_by_id(run_id)
    if run is None:
        raise Http404("There is no such run.")
    connection = Connection.objects.filter(pk=run.connection_id).first()
    after = request.GET.get("cursor", "0")
    entries = list(calls_of_run(run.pk).filter(number__gt=int(after) if after.isdigit() else 0).order_by("number")[:101])
    slug = request.organization.slug
    context = {
        "crumbs": [("Connections", reverse("connections", args=[slug])), *_crumb(connection, slug), (str(run), "")],
        "run": run,
        "connection": connection,
        "streams": streams_of_run(run.pk),
        "entries": entries[:100],
        "next": entries[99].number if len(entries) > 100 else "",
        "seconds": (run.ended_at - run.started_at).total_seconds() if run.ended_at else None,
    }  # fmt: skip
    return TemplateResponse(request, "integrations/run_page.html", context)


def _crumb(connection: Connection | None, slug: str) -> list[tuple[str, str]]:
    """Of the run's connection; facts joined from others have none."""
    return [(str(connection), reverse("connection", args=[slug, connection.pk]))] if connection is not None else []


def _connection_context(request: HttpRequest, connection: Connection, card: Card, may_manage: bool, errors: dict) -> dict[str, Any]:
    at = now()
    start = at - timedelta(days=STRIP_DAYS)
    runs = runs_of(connection.pk, limit=400)
    recent = [run for run in runs if run.started_at >= start]
    streams = streams_of_source(connection.source_id) if connection.source_id else []
    coverage = coverage_of([stream.pk for stream in streams])
    slug = request.organization.slug
    zone = request.organization.zone
    return {
        "crumbs": [("Connections", reverse("connections", args=[slug])), (connection.name, "")],
        "connection": connection,
        "card": card,
        "due": due_of(connection.pk),
        "now": at,
        "problems": open_problems(about_id=connection.pk),
        "runs": runs[:20],
        "strip": _strip(recent, start, at, connection.name, zone),
        "changed": sparkline([run.changed for run in reversed(recent)], label="Records changed per run") if len(recent) > 1 else None,
        "calls": _calls(recent, start, at, zone),
        "streams": [_stream(stream, coverage[stream.pk], at) for stream in streams],
        "longest_gap": max((_gap(pieces) for pieces in coverage.values()), default=0),
        "fields": _fields(card, connection.settings, errors),
        "errors": errors.get("", []),
        "may_run": allows(request.membership.role, Right.RUN_CONNECTIONS),
        "may_manage": may_manage,
        "redirect_uri": redirect_uri(request) if may_manage and connection.vendor in GRANTS else "",
        "policy": _policy(card) if card.key == "aws" and may_manage else "",
    }


def _strip(runs: "Sequence[Run]", start: datetime, at: datetime, name: str, zone: ZoneInfo) -> Any:
    if not runs:
        return None
    drawn = [_drawn(run, at) for run in reversed(runs)]
    return runs_strip(drawn, start.timestamp(), at.timestamp(), label=name, zone=zone.key)


def _stream(stream: "Stream", pieces: "list[Coverage]", at: datetime) -> dict[str, Any]:
    return {"stream": stream, "coverage": pieces, "gap": _gap(pieces), "stale": bool(stream.stale_at and stream.stale_at <= at)}


def _fields(card: Card, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return [
        {"setting": each, "value": "" if each.secret else values.get(each.name, each.default), "errors": errors.get(each.name, [])}
        for each in card.settings
    ]


def _calls(runs: "Sequence[Run]", start: datetime, at: datetime, zone: ZoneInfo) -> Any:
    if not runs:
        return None
    first = start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    last = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return calls_bar(_per_day(runs, zone), first.timestamp(), last.timestamp(), label="Calls per day", zone=zone.key)


def _drawn(run: "Run", at: Any) -> tuple[float, float, str, str]:
    end = run.ended_at or run.observed_at or at
    outcome = run.outcome if run.outcome in ("complete", "partial", "failed") else "running" if run.state == "running" else "failed"
    words = f"{run.calls} calls, {run.rows} rows, {run.changed} changed" + (f"; {run.fault}" if run.fault else "")
    return run.started_at.timestamp(), end.timestamp(), outcome, words


def _gap(pieces: "list[Coverage]") -> int:
    """Longest time without a look: between runs of a piece, or between two pieces."""
    between = [int((later.from_at - earlier.until_at).total_seconds()) for earlier, later in zip(pieces, pieces[1:], strict=False)]
    return max([piece.longest_gap_seconds for piece in pieces] + between, default=0)


def _operations(card: Card) -> tuple[str, ...]:
    """Calls that the demanded kinds need; everything the connector can read while nothing is demanded yet."""
    demanded = set(demanded_kinds(card.key)) or set(card.operations)
    return tuple(sorted({each for kind, operations in card.operations.items() if kind in demanded for each in operations}))


def _policy(card: Card) -> str:
    return json.dumps(policy_of(_operations(card)), indent=2)


def _template(request: HttpRequest, external_id: str, card: Card) -> str:
    given = request.GET.get("platform_account", "")
    account = given if given.isdigit() and len(given) == 12 else "ACCOUNT-OF-THIS-INSTALLATION"
    return template_of(_operations(card), external_id=external_id, platform_account=account)


def _per_day(runs: "Sequence[Run]", zone: ZoneInfo) -> list[tuple[float, int]]:
    days: dict[float, int] = defaultdict(int)
    for run in runs:
        day = run.started_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        days[day.timestamp()] += run.calls
    return sorted(days.items())


def _card(vendor: str) -> Card:
    if vendor not in cards():
        raise Http404("There is no such connector.")
    return cards()[vendor]


def _found(connection_id: Any) -> Connection:
    connection = Connection.objects.filter(pk=connection_id).exclude(state="deleted").first()
    if connection is None:
        raise Http404("There is no such connection.")
    return connection


def _cadence(request: HttpRequest) -> int:
    text = request.POST.get("cadence_minutes", "60")
    return int(text) if text.isdigit() else 60


def _ring(request: HttpRequest, connection: Connection, task: str) -> None:
    organization_id = str(request.organization.pk)
    transaction.on_commit(lambda: ring(task, organization_id, str(connection.pk)))
