"""What was known at an instant, and what differs between two: of any stream, and of the set of controls."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right
from controls.selectors.moments import BadMoment, instant_told
from controls.selectors.then import control_differences, control_set
from controls.views.asking import moment_asked
from evidence.selectors.then import counts_between, difference, stream_at, stream_by_id, streams

ROWS = 100


@require_GET
@page(Right.SEE_PROGRAMME)
def stream_list(request: HttpRequest) -> HttpResponse:
    """Every stream that was ever read."""
    context = {"crumbs": [("What was known", "")], "streams": streams()}
    return TemplateResponse(request, "evidence/history_list.html", context)


@require_GET
@page(Right.SEE_PROGRAMME)
def stream_then(request: HttpRequest, stream_id: uuid.UUID) -> HttpResponse:
    """A stream as of the moment asked for; with `?earlier=` what differs between the two."""
    stream = stream_by_id(stream_id)
    if stream is None:
        raise Http404("There is no such stream.")
    moment, earlier = moment_asked(request), _earlier(request)
    after = request.GET.get("after", "").replace("\x00", "")
    rows: list[Any]
    if earlier is None:
        rows = [{"row": each, "fact": _short(each.fact)} for each in stream_at(stream.pk, moment.at, after=after, limit=ROWS + 1)]
        following = rows[ROWS - 1]["row"].key if len(rows) > ROWS else ""
    else:
        rows = difference(stream.pk, earlier, moment.at, after=after, limit=ROWS + 1)
        following = rows[ROWS - 1].key if len(rows) > ROWS else ""
    query = request.GET.copy()
    query["after"] = following
    context = {
        "crumbs": [("What was known", reverse("history", args=[request.organization.slug])), (str(stream), "")],
        "stream": stream, "moment": moment, "earlier": earlier, "rows": rows[:ROWS], "next": query.urlencode() if following else "",
        "counts": counts_between(stream.pk, earlier or moment.at, moment.at), "typed": _typed(request),
    }  # fmt: skip
    return TemplateResponse(request, "evidence/history_stream.html", context)


@require_GET
@page(Right.SEE_PROGRAMME)
def control_set_page(request: HttpRequest) -> HttpResponse:
    """The controls in force at the moment asked for, with owners and parameters; with `?earlier=` what differs."""
    moment, earlier = moment_asked(request), _earlier(request)
    context = {
        "crumbs": [("What was known", reverse("history", args=[request.organization.slug])), ("Controls", "")],
        "moment": moment, "earlier": earlier, "typed": _typed(request),
        "controls": control_set(moment.at) if earlier is None else [],
        "differences": control_differences(earlier, moment.at) if earlier is not None else [],
    }  # fmt: skip
    return TemplateResponse(request, "evidence/history_controls.html", context)


def _earlier(request: HttpRequest) -> datetime | None:
    text = request.GET.get("earlier", "")
    if not text:
        return None
    try:
        earlier = instant_told(text, request.organization.zone)
    except BadMoment as error:
        raise BadRequest(str(error).replace("?at=", "?earlier=")) from error
    if earlier > moment_asked(request).at:
        raise BadRequest("?earlier= lies after the other instant; exchange them.")
    return earlier


def _typed(request: HttpRequest) -> dict[str, str]:
    return {"at": request.GET.get("at", ""), "earlier": request.GET.get("earlier", "")}


def _short(fact: str) -> list[tuple[str, str]]:
    told = json.loads(fact)
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in told.items()
        if value not in (None, "", [], ())
    ][:8]
