"""The evidence library: the list, an item, what is said of it, where it belongs."""

import csv
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from rest_framework.exceptions import ValidationError as BadCursor

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.members.selectors.listing import members_by_name
from compliance.tenancy.clock import now
from compliance.tenancy.reading import reading
from compliance.tenancy.scope import scope
from compliance.tenancy.together import ask
from compliance.trail.action import action
from compliance.trail.names import ActionName
from compliance.trail.selectors.entries import entries_about
from compliance.vault.selectors.log import position_of
from compliance.work.selectors.tasks import task_by_id
from controls.forms.evidence import REASON, DatesForm, DescribedForm, PlaceForm
from controls.items import FRESH_WORDS, KIND_WORDS, PAGE, BadQuestion, ItemPage, checked_filters, items_page, items_wanted
from controls.selectors.links import counts_by_place, link_of_item, links_of_controls, links_of_items, links_of_task
from controls.services.links import link_item, unlink_item
from controls.views.controls import Echo, found_control, harmless
from evidence.selectors.items import (
    counts_of,
    freshness_of,
    item_by_id,
    scans_of,
    standing_of_library,
    versions_of,
)
from evidence.services.items import change_item

if TYPE_CHECKING:
    from compliance.work.models import Task
    from controls.models import ItemLink
    from evidence.models import Item

ENTRIES = 20
ON_PANEL = 12


@require_GET
@page(Right.SEE_PROGRAMME)
def evidence_list(request: HttpRequest) -> HttpResponse:
    """Every item that the reader may know of; filtered, searched, sorted."""
    at, role, slug = now(), request.membership.role, request.organization.slug
    (standing,), members = ask(standing_of_library(role, at), members_by_name())
    counts = counts_of(role, standing.revision)
    controls, criteria = counts_by_place(role, standing.revision)
    filters, found = _asked(request, counts.total, at)
    links = links_of_items([each.pk for each in found.rows])
    names = {str(key): name for key, name in members}
    context = {
        "crumbs": [("Evidence", "")],
        "total": counts.total,
        "standing": standing,
        "found": found,
        "rows": [_row(each, links.get(each.pk, ()), slug, at) for each in found.rows],
        "chips": _chips(counts.kinds, counts.total, standing, filters, slug),
        "filters": filters,
        "owners": sorted(
            ((key, names.get(key, "Nobody"), count) for key, count in counts.owners.items()), key=lambda each: (each[0] == "none", each[1])
        ),
        "tags": sorted(counts.tags.items(), key=lambda each: each[0].casefold()),
        "controls": [(code, title, count) for code, (title, count) in controls.items()],
        "criteria": list(criteria.items()),
        "restricted": counts.confidentialities.get("restricted", 0),
        "open": counts.confidentialities.get("open", 0),
        "fresh": FRESH_WORDS,
        "page": {"previous": "", "next": found.next, "shown": len(found.rows), "total": found.found if found.counted else None},
        "may_add": allows(role, Right.ACT_ON_CONTROLS),
        "may_export": allows(role, Right.EXPORT),
        "sort": request.GET.get("sort", ""),
    }
    return TemplateResponse(request, "controls/evidence_list.html", context)


@require_GET
@page(Right.EXPORT)
def evidence_csv(request: HttpRequest) -> HttpResponse:
    """The filtered list as CSV; cells that a spreadsheet would take for a formula are defused. Taking it stands on the trail."""
    at, role, organization_id, user_id = now(), request.membership.role, request.organization.pk, request.user.pk
    filters = _filters(request)
    with action(ActionName.EXPORT_DOWNLOADED, actor=request.actor, subject_name="Evidence library", detail={"filters": filters}):
        pass

    def lines() -> Iterator[str]:
        with scope(organization_id, user_id), reading():
            yield from csv_lines(role, filters, at)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="evidence-{at:%Y-%m-%d}.csv"'
    return response


def csv_lines(role: str, filters: Mapping[str, str], at: datetime) -> Iterator[str]:
    """The library as lines of CSV, links included, a thousand items at a time."""
    writer = csv.writer(Echo())
    yield writer.writerow(
        [
            "id", "kind", "title", "owner", "freshness", "due_utc", "confidentiality", "tags", "controls", "criteria", "version", "file",
            "media_type", "bytes", "received_utc", "performed_utc", "source", "address",
        ]
    )  # fmt: skip
    items, _search = items_wanted(role, filters, at)
    last: uuid.UUID | None = None
    while True:
        some = items.select_related("owner__user").order_by("-revision")
        rows = list((some.filter(revision__lt=last) if last else some)[:1000])
        links = links_of_items([each.pk for each in rows])
        for each in rows:
            places = links.get(each.pk, ())
            codes = sorted({_code(link) for link in places if not (link.criterion_id or link.task_id)})
            cells = [
                str(each.pk), each.kind, each.title, str(each.owner.user) if each.owner else "", freshness_of(each.due_at, at), _utc(each.due_at),
                each.confidentiality, ", ".join(each.tags), ", ".join(codes), ", ".join(sorted(link.criterion_id for link in places if link.criterion_id)),
                str(each.number), each.filename, each.media_type, str(each.size), _utc(each.received_at), _utc(each.performed_at), each.source, each.url,
            ]  # fmt: skip
            yield writer.writerow([harmless(cell) for cell in cells])
        if len(rows) < 1000:
            return
        last = rows[-1].revision


@require_GET
@page(Right.SEE_PROGRAMME)
def evidence_panel(request: HttpRequest) -> HttpResponse:
    """What stands at one control or one task, with the way to add to it: a fragment of its page, a page of its own without scripts."""
    role, at, slug = request.membership.role, now(), request.organization.slug
    task = _found_task(request.GET["task"]) if request.GET.get("task") else None
    control = None if task else found_control(request.GET.get("control", ""))
    links = links_of_task(task.pk, role=role) if task else links_of_controls([control.pk], role=role)
    rows = list({link.item_id: link for link in reversed(links)}.values())[::-1]
    context = {
        "crumbs": [("Evidence", reverse("evidence", args=[slug])), (task.title if task else control.code, "")],
        "control": control,
        "task": task,
        "name": task.title if task else control.code,
        "asked": f"task={task.pk}" if task else urlencode({"control": control.code}),
        "rows": [{"item": link.item, "link": link, "fresh": freshness_of(link.item.due_at, at)} for link in rows[:ON_PANEL]],
        "more": len(rows) - ON_PANEL,
        "count": len(rows),
        "reason": "Shows that the task is done" if task else REASON,
        "may_add": allows(role, Right.ACT_ON_CONTROLS),
    }
    return TemplateResponse(request, "controls/_evidence_panel.html" if request.htmx else "controls/evidence_panel.html", context)


@require_GET
@page(Right.SEE_PROGRAMME)
def item_page(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """One item: what it shows, its versions, where it belongs, its place in the log."""
    return TemplateResponse(request, "controls/evidence_item.html", _item_context(request, found_item(request, item_id)))


@require_http_methods(["GET", "POST"])
@page(Right.ACT_ON_CONTROLS)
def item_edit(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """Say something else of it; versions stay."""
    item = found_item(request, item_id)
    if not may_edit(request, item):
        raise PermissionDenied("Its owner or a compliance manager describes this item. You may add a version or a link.")
    members = list(members_by_name())
    restricted = item.confidentiality == "restricted"
    initial = {
        "title": item.title, "description": item.description, "owner": str(item.owner_id or ""), "cadence_days": item.cadence_days or "",
        "tags": ", ".join(item.tags), "restricted": restricted, "roles": item.roles if restricted else [],
    }  # fmt: skip
    form = DescribedForm(request.POST, members=members) if request.method == "POST" else DescribedForm(initial=initial, members=members)
    _allow_cadence(form, item)
    if request.method == "POST" and form.is_valid():
        try:
            change_item(actor=request.actor, item=item, described=form.described(url=item.url))
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Described anew. The versions stay as they are.")
            return redirect("item", slug=request.organization.slug, item_id=item.pk)
    context = {"crumbs": [*_crumbs(request, item), ("Describe", "")], "item": item, "form": form}
    return TemplateResponse(request, "controls/evidence_edit.html", context, status=422 if form.errors else 200)


@require_POST
@page(Right.ACT_ON_CONTROLS)
def item_link(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """Say why it belongs to a control, a criterion or an occurrence."""
    item = found_item(request, item_id)
    form = PlaceForm(request.POST)
    try:
        places = form.places() if form.is_valid() else []
        if not places:
            raise ValidationError({"place": "Name a control or a criterion by its code."})
        for place, reason in places:
            link_item(actor=request.actor, item_id=item.pk, role=request.membership.role, place=place, reason=reason, now=now())
    except ValidationError as error:
        context = _item_context(request, item) | {"link_error": " ".join(error.messages), "link_form": form}
        return TemplateResponse(request, "controls/evidence_item.html", context, status=422)
    messages.success(request, f"Linked to {places[0][0].name}.")
    return redirect("item", slug=request.organization.slug, item_id=item.pk)


@require_POST
@page(Right.ACT_ON_CONTROLS)
def item_unlink(request: HttpRequest, item_id: uuid.UUID, link_id: uuid.UUID) -> HttpResponse:
    """Take it off a place; the item stays."""
    item = found_item(request, item_id)
    link = link_of_item(item.pk, link_id)
    if link is None:
        raise Http404("There is no such link.")
    unlink_item(actor=request.actor, link=link, reason=request.POST.get("reason", ""))
    messages.success(request, "Taken off. The item stays in the library.")
    return redirect("item", slug=request.organization.slug, item_id=item.pk)


def found_item(request: HttpRequest, item_id: uuid.UUID) -> "Item":
    """The item. Raises Http404, also where the reader's role may not know of it."""
    item = item_by_id(item_id, role=request.membership.role)
    if item is None:
        raise Http404("There is no such item.")
    return item


def _found_task(text: str) -> "Task":
    try:
        task = task_by_id(uuid.UUID(text))
    except ValueError:
        task = None
    if task is None:
        raise Http404("There is no such task.")
    return task


def may_edit(request: HttpRequest, item: "Item") -> bool:
    """Owners describe their items; who manages controls describes all."""
    return allows(request.membership.role, Right.MANAGE_CONTROLS) or item.owner_id == request.membership.pk


def add_errors(form: Any, error: ValidationError) -> None:
    """What a service refused, at the fields of the form where it has them."""
    for name, sentences in (error.message_dict if hasattr(error, "error_dict") else {"": error.messages}).items():
        form.add_error(name if name in form.fields else None, sentences)


def link_told(link: "ItemLink", slug: str) -> dict[str, Any]:
    """A link for a page: to what, under which address."""
    if link.criterion_id:
        return {
            "link": link,
            "name": link.criterion_id,
            "title": link.criterion.title,
            "url": f"{reverse('criteria', args=[slug])}#{link.criterion_id}",
        }
    if link.task_id:
        return {"link": link, "name": "Task", "title": link.task.title, "url": reverse("task", args=[slug, link.task_id])}
    control = link.control or link.occurrence.control
    due = f", due {link.occurrence.due_at:%-d %b %Y}" if link.occurrence_id else ""
    return {"link": link, "name": control.code, "title": f"{control.title}{due}", "url": reverse("control", args=[slug, control.code])}


def _item_context(request: HttpRequest, item: "Item") -> dict[str, Any]:
    slug, role, at = request.organization.slug, request.membership.role, now()
    versions = versions_of([item.pk])[item.pk]
    scans = scans_of({each.digest for each in versions})
    number = request.GET.get("version", "")
    shown = next((each for each in versions if str(each.number) == number), versions[0])
    (entries,) = ask(entries_about(item.pk, ENTRIES))
    scan = scans.get(shown.digest)
    return {
        "crumbs": _crumbs(request, item)[:1] + [(item.title, "")],
        "item": item,
        "kind": KIND_WORDS[item.kind],
        "fresh": freshness_of(item.due_at, at),
        "versions": [{"version": each, "scan": scans.get(each.digest)} for each in versions],
        "shown": shown,
        "scan": scan,
        "held": scan is not None and scan.state in ("infected", "waiting"),
        "position": position_of(shown.pk),
        "links": [link_told(each, slug) for each in links_of_items([item.pk]).get(item.pk, ())],
        "link_form": PlaceForm(initial={"reason": REASON}),
        "link_error": "",
        "version_form": DatesForm(zone=request.organization.zone),
        "history": entries,
        "may_act": allows(role, Right.ACT_ON_CONTROLS),
        "may_edit": may_edit(request, item),
        "may_accept": allows(role, Right.MANAGE_CONTROLS),
        "others": [each.replace("_", " ") for each in item.roles] if item.confidentiality == "restricted" else [],
    }


def _crumbs(request: HttpRequest, item: "Item") -> list[tuple[str, str]]:
    slug = request.organization.slug
    return [("Evidence", reverse("evidence", args=[slug])), (item.title, reverse("item", args=[slug, item.pk]))]


def _filters(request: HttpRequest) -> dict[str, str]:
    try:
        return checked_filters(request.GET)
    except BadQuestion as error:
        raise BadRequest(str(error)) from error


def _asked(request: HttpRequest, total: int, at: datetime) -> tuple[dict[str, str], ItemPage]:
    filters = _filters(request)
    try:
        asked = {"sort": request.GET.get("sort", ""), "cursor": request.GET.get("cursor", "")}
        return filters, items_page(request.membership.role, filters, at, total=total, limit=PAGE, **asked)
    except BadQuestion as error:
        raise BadRequest(str(error)) from error
    except BadCursor as error:
        raise BadRequest("This page of the list is not there any more. Begin again.") from error


def _row(item: "Item", links: "Sequence[ItemLink]", slug: str, at: datetime) -> dict[str, Any]:
    places = list(dict.fromkeys(each.criterion_id or _code(each) for each in links))
    return {
        "item": item, "url": reverse("item", args=[slug, item.pk]), "kind": KIND_WORDS[item.kind], "fresh": freshness_of(item.due_at, at),
        "owner": str(item.owner.user) if item.owner else "", "places": places[:3], "more": len(places) - 3,
    }  # fmt: skip


def _code(link: "ItemLink") -> str:
    if link.criterion_id:
        return link.criterion_id
    if link.task_id:
        return "Task"
    return link.control.code if link.control_id else link.occurrence.control.code


def _chips(kinds: Mapping[str, int], total: int, standing: Any, filters: Mapping[str, str], slug: str) -> list[dict[str, Any]]:
    base = reverse("evidence", args=[slug])
    chips = [{"name": "All", "url": base, "count": total, "current": not filters.get("kind") and not filters.get("freshness")}]
    for kind, word in KIND_WORDS.items():
        if kinds.get(kind):
            chips.append({"name": f"{word}s", "url": f"{base}?kind={kind}", "count": kinds[kind], "current": filters.get("kind") == kind})
    for name, count in (("overdue", standing.overdue), ("due", standing.due)):
        if count:
            chips.append(
                {"name": FRESH_WORDS[name], "url": f"{base}?freshness={name}", "count": count, "current": filters.get("freshness") == name}
            )
    return chips


def _allow_cadence(form: DescribedForm, item: "Item") -> None:
    """A cadence that a program declared is none of the usual ones and may stay."""
    known = {value for value, _words in form.fields["cadence_days"].choices}
    if item.cadence_days and str(item.cadence_days) not in known:
        form.fields["cadence_days"].choices += [(str(item.cadence_days), f"Every {item.cadence_days} days")]


def _utc(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
