"""The list of controls and the page of one."""

import csv
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.members.selectors.listing import members_by_name
from compliance.tenancy.clock import now
from compliance.tenancy.scope import scope
from compliance.tenancy.together import ask
from controls.catalogue.entries import PERIODIC
from controls.counting import day_edges
from controls.listing import SEVERITIES, SORTS, Wanted, ordered
from controls.models import Check, Control
from controls.outcomes import ControlState
from controls.reading import NEEDS_YOU, ORDER, STATE_WORDS, Lane, days_of, pieces_of_points, point_state
from controls.registry import Definition, definitions
from controls.selectors.controls import control_by_code
from controls.selectors.dossier import dossier
from controls.selectors.health import ControlRow, EpochPiece, control_rows, counts_by_state, health_pieces, rows_asked
from controls.selectors.moments import Moment
from controls.selectors.points import SubjectVerdict, first_failing, points_in
from controls.services.controls import assign_control
from controls.staleness import cut, overlay, stale_since
from controls.views.asking import keep_coverage, moment_asked, strips_asked

PAGE = 50
ICONS = {
    ControlState.FAILED: "failed", ControlState.NOT_OBSERVED: "unobserved", ControlState.WAIVED: "waived", ControlState.MET: "met",
    ControlState.NO_OCCURRENCE: "no-occurrence",
}  # fmt: skip
SAID = {
    "fail": "fails", "error": "could not be read", "stale": "has not been read for too long", "no data": "lacks data", "no population": "found nothing to judge",
    "not applicable": "does not apply",
}  # fmt: skip


@require_GET
@page(Right.SEE_PROGRAMME)
def control_list(request: HttpRequest) -> HttpResponse:
    """Every control with its strip; filtered, searched, sorted."""
    moment = moment_asked(request)
    unseen = unseen_since(moment)
    may_assign = allows(request.membership.role, Right.MANAGE_CONTROLS)
    standing, *members = ask(rows_asked(moment.at), *([members_by_name()] if may_assign else []))
    rows = overlay(standing, unseen)
    counts = counts_by_state(rows)
    found = _filtered(rows, request)
    shown, following = _paged(_sorted(found, request.GET.get("sort", "health")), request.GET.get("cursor", ""))
    pieces = strips_asked(request, moment, [row.id for row in shown])
    edges = day_edges(moment.first_day, moment.last_day, moment.zone, moment.until)
    context = {
        "crumbs": [("Controls", "")],
        "counts": counts,
        "total": len(rows),
        "found": len(found),
        "needs": sum(counts[state] for state in NEEDS_YOU),
        "rows": _listed(shown, pieces, unseen, edges, request),
        "chips": _chips(counts, len(rows), request),
        "query": request.GET.get("q", ""),
        "filters": {name: request.GET.get(name, "") for name in ("state", "category", "owner", "severity")},
        "owners": sorted({(str(row.owner_id), row.owner) for row in rows if row.owner_id}, key=lambda each: each[1]),
        "severities": SEVERITIES,
        "areas": sorted({row.area for row in rows}),
        "page": {"previous": "", "next": following, "shown": len(shown), "total": len(found), "first_param": "cursor"},
        "may_assign": may_assign,
        "may_export": allows(request.membership.role, Right.EXPORT),
        "members": members[0] if may_assign else [],
        "moment": moment,
    }
    return TemplateResponse(request, "controls/control_list.html", context)


@require_GET
@page(Right.EXPORT)
def control_list_csv(request: HttpRequest) -> HttpResponse:
    """The filtered list as CSV, with days per state."""
    moment = moment_asked(request)
    rows = _sorted(_filtered(overlaid(moment), request), request.GET.get("sort", "code"))
    organization_id = request.organization.pk

    def lines() -> Iterator[str]:
        with scope(organization_id, request.user.pk):
            pieces = health_pieces([row.id for row in rows], moment.start, moment.until)
        edges = day_edges(moment.first_day, moment.last_day, moment.zone, moment.until)
        writer = csv.writer(Echo())
        yield writer.writerow(["code", "title", "severity", "owner", "state", "since_utc", "reason", *(f"days_{state}" for state in ORDER)])
        for row in rows:
            days = days_of(pieces.get(row.id, []), edges)
            since = row.since.strftime("%Y-%m-%dT%H:%M:%SZ") if row.since else ""
            cells = [row.code, row.title, row.severity, row.owner, row.state, since, row.reason]
            yield writer.writerow([harmless(cell) for cell in cells] + [days[state] for state in ORDER])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="controls-{moment.at:%Y-%m-%d}.csv"'
    return response


@require_GET
@page(Right.SEE_PROGRAMME)
def control_page(request: HttpRequest, code: str) -> HttpResponse:
    """One control over the period: a lane per check, days per state, who fails now, history."""
    moment = moment_asked(request)
    told = dossier(code, moment)
    if told is None:
        raise Http404("There is no such control, or it was not in force then.")
    control, checks, known = told.control, told.checks, definitions()
    unseen = unseen_since(moment)
    row = overlay([told.row], unseen)[0]
    edges = day_edges(moment.first_day, moment.last_day, moment.zone, moment.until)
    points = points_in([check.pk for check in checks.values()], moment.start, moment.until)
    keep_coverage(request, told.coverage)
    own = cut(told.pieces, unseen.get(control.pk))
    lanes = [
        _lane(link, checks, points, moment, edges, known, request)
        for link in told.links
        if link.check_id in checks and checks[link.check_id].logic_version
    ]
    may_assign = allows(request.membership.role, Right.MANAGE_CONTROLS)
    periodic = control.frequency in PERIODIC
    context = {
        "crumbs": [("Controls", reverse("controls", args=[request.organization.slug])), (control.code, "")],
        "control": control,
        "row": row,
        "criteria": told.criteria,
        "moment": moment,
        "days": days_of(own, edges),
        "day_count": max(0, len(edges) - 1),
        "pieces": own,
        "intervals": _intervals(own, moment),
        "lanes": lanes,
        "missing": [(link, known[link.check_id]) for link in told.links if link.check_id in known and not known[link.check_id].version],
        "unknown": [link for link in told.links if link.check_id not in known],
        "failing": _failing(lanes, checks, known, moment),
        "waivers": told.waivers,
        "history": told.history,
        "why": why(row.reason, known),
        "may_assign": may_assign,
        "may_export": allows(request.membership.role, Right.EXPORT),
        "members": told.members if may_assign else [],
        "states": ORDER,
        "periodic": periodic,
        "occurrences": told.occurrences if periodic else [],
        "may_act": allows(request.membership.role, Right.ACT_ON_CONTROLS),
    }
    return TemplateResponse(request, "controls/control_page.html", context)


@require_POST
@page(Right.MANAGE_CONTROLS)
def control_assign(request: HttpRequest) -> HttpResponse:
    """Give controls to an owner: one from its page, several from the list."""
    codes = request.POST.getlist("pick")
    try:
        assign_control(actor=request.actor, codes=codes, membership_id=request.POST.get("owner", ""), now=now())
    except ValidationError as error:
        return HttpResponse("; ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
    slug = request.organization.slug
    return redirect(
        reverse("control", args=[slug, codes[0]])
        if len(codes) == 1 and request.POST.get("from") == "page"
        else reverse("controls", args=[slug])
    )


def unseen_since(moment: Moment) -> dict[uuid.UUID, datetime]:
    """Controls whose streams ran out without a worker marking it, since when; empty while workers are alive."""
    return stale_since(moment.stale) if moment.stale else {}


def overlaid(moment: Moment, unseen: Mapping[uuid.UUID, datetime] | None = None) -> list[ControlRow]:
    """Control rows at the moment, with unmarked staleness applied."""
    rows = control_rows(moment.at)
    since = unseen_since(moment) if unseen is None else unseen
    return overlay(rows, since) if since else rows


def found_control(code: str) -> Control:
    """The control of that code, or 404."""
    try:
        return control_by_code(code)
    except Control.DoesNotExist as error:
        raise Http404("There is no such control.") from error


class Echo:
    """A file that hands back what is written, for streaming CSV."""

    def write(self, value: str) -> str:
        """Hand it back."""
        return value


def harmless(cell: str) -> str:
    """A cell that a spreadsheet will not take for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _filtered(rows: list[ControlRow], request: HttpRequest) -> list[ControlRow]:
    state, area, owner, severity, words = (request.GET.get(name, "") for name in ("state", "category", "owner", "severity", "q"))
    wanted = Wanted(state=state, area=area, owner=owner, severity=severity, words=words)
    return [row for row in rows if wanted.takes(row)]


def _sorted(rows: list[ControlRow], sort: str) -> list[ControlRow]:
    direction, name = ("-" if sort.startswith("-") else ""), sort.removeprefix("-")
    return ordered(rows, direction + (name if name in SORTS else "health"))


def _paged(rows: list[ControlRow], cursor: str) -> tuple[list[ControlRow], str]:
    start = next((place + 1 for place, row in enumerate(rows) if row.code == cursor), 0)
    shown = rows[start : start + PAGE]
    return shown, shown[-1].code if start + PAGE < len(rows) else ""


def _chips(counts: dict[str, int], total: int, request: HttpRequest) -> list[dict[str, Any]]:
    now_state = request.GET.get("state", "")
    base = reverse("controls", args=[request.organization.slug])
    chips = [{"name": "All", "url": base, "count": total, "current": not now_state}]
    for state in ControlState:
        if counts[state.value]:
            chips.append(
                {
                    "name": STATE_WORDS[state.value], "url": f"{base}?state={state.value}", "count": counts[state.value], "icon": ICONS[state],
                    "current": now_state == state.value,
                }
            )  # fmt: skip
    return chips


class Line(NamedTuple):
    """A row of the list. `heading` stands above the first control of each state while the list is sorted by it."""

    heading: str
    row: ControlRow
    code: str
    url: str
    pieces: list[EpochPiece]
    days: dict[str, int]


def _listed(
    rows: Sequence[ControlRow],
    pieces: Mapping[uuid.UUID, Sequence[EpochPiece]],
    unseen: Mapping[uuid.UUID, datetime],
    edges: Sequence[float],
    request: HttpRequest,
) -> list[Line]:
    lines, before = [], "" if request.GET.get("sort", "health") in ("", "health") else None
    for row in rows:
        own = cut(pieces.get(row.id, ()), unseen.get(row.id))
        heading = STATE_WORDS[row.state] if before is not None and row.state != before else ""
        before = None if before is None else row.state
        lines.append(Line(heading, row, row.code, reverse("control", args=[request.organization.slug, row.code]), own, days_of(own, edges)))
    return lines


def _lane(link: Any, checks: dict, points: dict, moment: Moment, edges: list[float], known: dict, request: HttpRequest) -> Lane:
    check = checks[link.check_id]
    own = points.get(check.pk, [])
    pieces = pieces_of_points(own, moment.start, moment.until)
    last = own[-1] if own else None
    return Lane(
        title=known[link.check_id].title if link.check_id in known else link.check_id,
        code=link.check_id,
        url=reverse("check", args=[request.organization.slug, link.check_id]),
        pieces=pieces,
        days=days_of(pieces, edges),
        state=point_state(last.state, last.failing, last.waived, last.explained) if last else "not_observed",
        note=_standing(last),
        kind=link.kind,
    )


def _failing(
    lanes: Sequence[Lane], checks: Mapping[str, Check], known: Mapping[str, Definition], moment: Moment
) -> list[tuple[Definition, Check, list[SubjectVerdict]]]:
    failed = [checks[lane.code] for lane in lanes if lane.state == "failed"]
    subjects = first_failing([check.pk for check in failed], moment.at, live=moment.live, limit=6) if failed else {}
    return [(known[check.check_id], check, subjects[check.pk]) for check in failed if check.pk in subjects]


def why(reason: str, known: Mapping[str, Definition]) -> str:
    """The reason of a state for people: a check is named by its claim, not by its id."""
    check_id, _, word = reason.partition(": ")
    return f"“{known[check_id].title}” {SAID.get(word, word)}" if check_id in known else reason


def _standing(point: Any) -> str:
    if point is None:
        return "nothing has looked yet"
    population = point.passing + point.failing + point.unknown
    if point.state == "fail":
        return f"{point.failing} of {population} fail"
    if point.state == "pass":
        return f"{population} of {population} pass"
    return point.detail or point.state.replace("_", " ")


def _intervals(pieces: list, moment: Moment) -> list[dict[str, Any]]:
    return [{"start": start, "end": end, "state": state, "seconds": end - start} for start, end, state in pieces]
