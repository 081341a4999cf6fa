"""The whole observation period on one page: every control over every second of it, as far as one likes to look into."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from compliance.api.paging import keyset_page
from compliance.members.gates.page import page
from compliance.members.roles import Right
from compliance.tenancy.together import Question, ask
from compliance.ui.pictures.axis import axis, axis_lines
from compliance.ui.pictures.picture import Picture
from compliance.ui.pictures.strip import lay_out, seconds_by_state, strip
from compliance.work.selectors.notices import told_of
from controls.counting import day_edges
from controls.models import Health
from controls.reading import days_of
from controls.registry import definitions
from controls.selectors.health import ControlRow, EpochPiece, by_control, control_rows, failure_key, pieces_asked, rows_asked
from controls.selectors.moments import Moment
from controls.selectors.period_rows import (
    FAILURE_ORDER,
    GROUPINGS,
    Performed,
    failures_within,
    gaps_within,
    grouped_by_control,
    groups_asked,
    occurrences_asked,
    reasons_within,
)
from controls.staleness import cut
from controls.views.asking import moment_asked
from controls.views.controls import unseen_since, why
from controls.window import UNITS, BadWindow, Window, window

NO_GROUP = "Without"
LISTED = 50
GROUP_WORDS = {
    "series": "Criteria series", "criterion": "Criterion", "category": "Category", "owner": "Owner", "area": "Area", "system": "System",
}  # fmt: skip


class Row(NamedTuple):
    """One control in the picture: its strip over the window, days or seconds per state, occurrences that fell due."""

    row: ControlRow
    strip: Picture
    days: Mapping[str, int]
    seconds: Mapping[str, float]
    performed: Performed | None


@require_GET
@page(Right.SEE_PROGRAMME)
def period_view(request: HttpRequest) -> HttpResponse:
    """Controls over the period, in groups; `?unit=` and `?on=` look closer, `?by=` groups."""
    moment, seen = moment_asked(request), window_asked(request)
    by = request.GET.get("by", "series")
    if by not in GROUPINGS:
        raise BadRequest(f"Group by one of {', '.join(GROUPINGS)}.")
    until = min(moment.until, seen.end)
    rows, *told = ask(rows_asked(moment.at), occurrences_asked(seen.start, seen.end, moment.at), *_grouping(by))
    ids = [row.id for row in rows]
    pieces = by_control(ask(pieces_asked(ids, seen.start, until))[0]) if seen.start < until else {}
    lines = _lines(rows, pieces, dict(told[0]), moment, seen, request)
    ticks = [(each.at, each.label, each.strong) for each in seen.ticks()]
    totals = {state: sum(line.days[state] for line in lines.values()) for state in next(iter(lines.values())).days} if lines else {}
    context = {
        "crumbs": [("Observation periods", reverse("periods", args=[request.organization.slug])), ("The whole period", "")],
        "moment": moment,
        "window": seen,
        "groups": _grouped(lines, by, told[1] if len(told) > 1 else ()),
        "count": len(rows),
        "totals": totals,
        "total_days": sum(totals.values()),
        "axis": axis(ticks, seen.start.timestamp(), seen.end.timestamp()),
        "lines": axis_lines(ticks, seen.start.timestamp(), seen.end.timestamp(), moment.at.timestamp()),
        "whole_days": seen.unit in ("period", "month", "week"),
        "by": by,
        "groupings": [(name, GROUP_WORDS[name]) for name in GROUPINGS],
        "query": _query(request),
        **_ways(request, seen, moment),
        "tabs": tabs(request, "period_view"),
    }
    return TemplateResponse(request, "controls/period_view.html", context)


@require_GET
@page(Right.SEE_PROGRAMME)
def period_why(request: HttpRequest, code: str) -> HttpResponse:
    """The stretches of one control within the window with their reasons: fetched when somebody looks, not with the page."""
    moment, seen = moment_asked(request), window_asked(request)
    row = next((each for each in control_rows(moment.at) if each.code == code), None)
    if row is None:
        raise Http404("There is no such control, or it was not in force then.")
    until, known = min(moment.until, seen.end), definitions()
    stretches = [
        {
            "state": each.state, "reason": why(each.reason, known), "start": max(each.from_at, seen.start), "cut": each.from_at < seen.start,
            "end": min(each.until_at or until, until), "open": each.until_at is None and moment.live,
        }
        for each in reasons_within(row.id, seen.start, until)
    ]  # fmt: skip
    context = {
        "row": row,
        "window": seen,
        "stretches": [{**each, "seconds": (each["end"] - each["start"]).total_seconds()} for each in stretches],
    }
    return TemplateResponse(request, "controls/period_why.html", context)


@require_GET
@page(Right.SEE_PROGRAMME)
def period_failures(request: HttpRequest) -> HttpResponse:
    """Every failure of the window: first seen, fixed, how long, who was told. Nothing is filtered away; waived ones are among them."""
    moment, seen = moment_asked(request), window_asked(request)
    until = min(moment.until, seen.end)
    found = keyset_page(failures_within(seen.start, until), order=FAILURE_ORDER, cursor=request.GET.get("cursor", ""), limit=LISTED)
    told = told_of(_key(each) for each in found.rows)
    context = _listing(request, moment, seen, found, "Failures") | {
        "rows": [(each, _length(each, until), why(each.reason, definitions()), told.get(_key(each), ())) for each in found.rows],
        "tabs": tabs(request, "period_failures"),
    }
    return TemplateResponse(request, "controls/period_failures.html", context)


@require_GET
@page(Right.SEE_PROGRAMME)
def period_gaps(request: HttpRequest) -> HttpResponse:
    """Every stretch in which a control was not observed, and why."""
    moment, seen = moment_asked(request), window_asked(request)
    until = min(moment.until, seen.end)
    found = keyset_page(gaps_within(seen.start, until), order=FAILURE_ORDER, cursor=request.GET.get("cursor", ""), limit=LISTED)
    context = _listing(request, moment, seen, found, "Gaps") | {
        "rows": [(each, _length(each, until), why(each.reason, definitions()), ()) for each in found.rows],
        "tabs": tabs(request, "period_gaps"),
    }
    return TemplateResponse(request, "controls/period_gaps.html", context)


def window_asked(request: HttpRequest) -> Window:
    """The window of `?unit=` and `?on=` within the period shown. Bad ones are a bad request, said in a sentence."""
    moment = moment_asked(request)
    try:
        return window(
            request.GET.get("unit", ""), request.GET.get("on", ""), start=moment.start, end=moment.end, zone=moment.zone, now=moment.at
        )
    except BadWindow as error:
        raise BadRequest(str(error)) from error


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The three views of the period, all of the same window."""
    names = (("Controls", "period_view"), ("Failures", "period_failures"), ("Gaps", "period_gaps"))
    query = _query(request)
    return [
        {"name": name, "url": f"{reverse(url, args=[request.organization.slug])}{query}", "current": url == current} for name, url in names
    ]


def _grouping(by: str) -> tuple[Question, ...]:
    return () if by in ("owner", "area") else (groups_asked(by),)


def _lines(
    rows: Sequence[ControlRow], pieces: Mapping[uuid.UUID, Sequence[EpochPiece]], performed: Mapping[uuid.UUID, Performed], moment: Moment,
    seen: Window, request: HttpRequest,
) -> dict[uuid.UUID, Row]:  # fmt: skip
    unseen = unseen_since(moment)
    start, end, now = seen.start.timestamp(), seen.end.timestamp(), moment.at.timestamp()
    first, last = seen.start.astimezone(seen.zone).date(), (seen.end.astimezone(seen.zone)).date()
    edges = [each for each in day_edges(first, last, seen.zone, min(moment.until, seen.end)) if start <= each <= end]
    lines = {}
    for row in rows:
        own = cut(pieces.get(row.id, ()), unseen.get(row.id))
        drawn = strip(own, start, end, now=now, size="mini", label=row.code, zone=seen.zone.key)
        lines[row.id] = Row(row, drawn, days_of(own, edges), seconds_by_state(lay_out(own, start, end, now)), performed.get(row.id))
    return lines


def _grouped(lines: Mapping[uuid.UUID, Row], by: str, groups: Iterable[tuple[uuid.UUID, str]]) -> list[tuple[str, list[Row]]]:
    """Rows under their groups. A control of several groups is drawn once, in its first, so that nothing counts twice."""
    named = grouped_by_control(groups)
    under: dict[str, list[Row]] = {}
    for control_id, line in lines.items():
        own = [getattr(line.row, by)] if by in ("owner", "area") else named.get(control_id, [])
        under.setdefault(next(iter(own), "") or NO_GROUP, []).append(line)
    return sorted(under.items(), key=lambda group: (group[0] == NO_GROUP, group[0]))


def _ways(request: HttpRequest, seen: Window, moment: Moment) -> dict[str, Any]:
    """Where one can go from here: closer, wider, earlier, later."""
    here = seen.start if seen.unit != "period" else moment.until
    units = [(unit, _query(request, unit=unit, on=_stamp(here, seen))) for unit in UNITS]
    earlier, later = seen.beside(-1), seen.beside(1)
    inside = seen.unit != "period"
    return {
        "units": [{"name": unit.capitalize(), "url": query, "current": unit == seen.unit} for unit, query in units],
        "earlier": _query(request, unit=seen.unit, on=_stamp(earlier, seen)) if inside and earlier >= moment.start else "",
        "later": _query(request, unit=seen.unit, on=_stamp(later, seen)) if inside and later < moment.end else "",
    }


def _stamp(at: datetime, seen: Window) -> str:
    return f"{at.astimezone(seen.zone):%Y-%m-%dT%H:%M}"


def _query(request: HttpRequest, **changed: str) -> str:
    kept = request.GET.copy()
    kept.pop("cursor", None)
    for name, value in changed.items():
        kept[name] = value
    text = kept.urlencode()
    return f"?{text}" if text else ""


def _listing(request: HttpRequest, moment: Moment, seen: Window, found: Any, name: str) -> dict[str, Any]:
    return {
        "crumbs": [("The whole period", reverse("period_view", args=[request.organization.slug])), (name, "")],
        "moment": moment,
        "window": seen,
        "page": {"next": found.next},
        **_ways(request, seen, moment),
    }


def _length(piece: Health, until: datetime) -> float:
    return ((piece.until_at or until) - piece.from_at).total_seconds()


def _key(piece: Health) -> str:
    return failure_key(piece.control_id, piece.from_at)
