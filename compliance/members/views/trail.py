"""Who did what, when and why."""

import csv
import json
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from compliance.members.forms.trail import TrailForm
from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.members.selectors.trail import TrailFilter, trail_entries, trail_page
from compliance.members.services.exports import note_export
from compliance.members.views.sentences import changes, rest, sentence
from compliance.members.views.settings_tabs import crumbs, settings_tabs
from compliance.tenancy.reading import reading
from compliance.tenancy.scope import scope
from compliance.trail.models import Entry

COLUMNS = ("at", "action", "actor_kind", "actor", "subject_kind", "subject", "reason", "detail")


@page(Right.SEE_TRAIL)
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Newest first, filtered, a page at a time."""
    form = TrailForm(request.GET or None)
    which = form.as_filter(request.organization.zone) if form.is_bound else TrailFilter(zone=request.organization.zone)
    found = trail_page(which, cursor=request.GET.get("cursor", ""))
    query = request.GET.copy()
    query.pop("cursor", None)
    context = {
        "form": form,
        "page": found,
        "rows": [(each, sentence(each), changes(each), rest(each)) for each in found.entries],
        "filtered": any(query.values()),
        "export": f"export/?{query.urlencode()}",
        "may_export": allows(request.membership.role, Right.EXPORT),
        "tabs": settings_tabs(request, "trail"),
        "crumbs": crumbs(request, ("Trail", "")),
    }
    return render(request, "members/trail.html", context)


@page(Right.SEE_TRAIL)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """All that match, as CSV. The export is an entry of the trail itself."""
    if not allows(request.membership.role, Right.EXPORT):
        return render(request, "errors/403.html", status=403)
    form = TrailForm(request.GET or None)
    which = form.as_filter(request.organization.zone) if form.is_bound else TrailFilter(zone=request.organization.zone)
    note_export(actor=request.actor, what="trail", filters={key: value for key, value in request.GET.items() if value})
    response = StreamingHttpResponse(_lines(request.organization.pk, which), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.organization.slug}-trail.csv"'
    return response


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _lines(organization_id: object, which: TrailFilter) -> Iterator[str]:
    """Runs after the view has returned, so it opens the scope itself."""
    writer = csv.writer(_Echo())
    with scope(organization_id), reading():
        yield writer.writerow(COLUMNS)
        for entry in trail_entries(which):
            yield writer.writerow([_plain(value) for value in _row(entry)])


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        entry.at.isoformat(),
        entry.name,
        entry.actor_kind,
        entry.actor_name,
        entry.subject_kind,
        entry.subject_name,
        entry.reason,
        json.dumps(entry.detail, sort_keys=True, ensure_ascii=False) if entry.detail else "",
    )


def _plain(value: str) -> str:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
