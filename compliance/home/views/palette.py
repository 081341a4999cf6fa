"""Where the command palette can go and what it can do."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.work.selectors.tasks import tasks_named
from controls.registry import definitions
from controls.selectors.finding import controls_found, criteria_found
from evidence.selectors.items import found_items, items_by_id
from evidence.selectors.populations import populations_named
from evidence.selectors.subjects import subjects_named
from people.selectors.persons import persons_found

EACH = 8


@require_GET
@page(None)
def palette(request: HttpRequest) -> JsonResponse:
    """Hits for `?q=` as JSON, only what this member may open."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    slug, role = request.organization.slug, request.membership.role
    hits: list[dict[str, Any]] = []
    if allows(role, Right.SEE_PROGRAMME):
        hits += _controls(query, slug) + _people(query, slug) + _checks(query, slug) + _criteria(query, slug) + _subjects(query, slug)
        hits += _items(query, slug, role) + _populations(query, slug)
    hits += _tasks(query, request)
    hits += _actions(query, slug, role)
    return JsonResponse(hits, safe=False)


def _controls(query: str, slug: str) -> list[dict[str, Any]]:
    return [
        {
            "group": "Controls",
            "title": f"{code} {title}",
            "url": reverse("control", args=[slug, code]),
            "hint": "Control",
            "icon": "controls",
        }
        for code, title in controls_found(query, EACH)
    ]


def _people(query: str, slug: str) -> list[dict[str, Any]]:
    if len(query) < 2:
        return []
    return [
        {
            "group": "People",
            "title": each.name,
            "url": reverse("person", args=[slug, each.pk]),
            "hint": each.email or each.title,
            "icon": "people",
        }
        for each in persons_found(query, EACH)
    ]


def _checks(query: str, slug: str) -> list[dict[str, Any]]:
    if len(query) < 2:
        return []
    words = query.casefold().split()
    found = [each for each in definitions().values() if all(word in f"{each.id} {each.title}".casefold() for word in words)]
    return [
        {"group": "Checks", "title": each.title, "url": reverse("check", args=[slug, each.id]), "hint": each.id, "icon": "evidence"}
        for each in found[:EACH]
        if each.version
    ]


def _criteria(query: str, slug: str) -> list[dict[str, Any]]:
    if not query:
        return []
    base = reverse("criteria", args=[slug])
    return [
        {
            "group": "Criteria",
            "title": f"{each.code} {each.title}",
            "url": f"{base}?group={each.code.split('.')[0]}#{each.code}",
            "hint": each.series,
            "icon": "scope",
        }
        for each in criteria_found(query, EACH)
    ]


def _subjects(query: str, slug: str) -> list[dict[str, Any]]:
    if len(query) < 3:
        return []
    return [
        {
            "group": "Observed",
            "title": each.name,
            "url": reverse("subject", args=[slug, each.pk]),
            "hint": str(each.stream),
            "icon": "evidence",
        }
        for each in subjects_named(query, EACH)
    ]


def _items(query: str, slug: str, role: str) -> list[dict[str, Any]]:
    """Items by the best hits of the library's own search: the words may stand in title, tags, file name or content. The palette shows a
    hit only where it finds the words typed, hence `words`."""
    if len(query) < 2:
        return []
    best = sorted(found_items(query, "", role=role).relevance.items(), key=lambda hit: -hit[1])[:EACH]
    known = items_by_id([item_id for item_id, _relevance in best], role=role)
    return [
        {
            "group": "Evidence",
            "title": known[item_id].title,
            "url": reverse("item", args=[slug, item_id]),
            "hint": known[item_id].filename or known[item_id].kind,
            "icon": "evidence",
            "words": query,
        }
        for item_id, _relevance in best
        if item_id in known
    ]


def _populations(query: str, slug: str) -> list[dict[str, Any]]:
    if len(query) < 2:
        return []
    return [
        {
            "group": "Populations",
            "title": each.title,
            "url": reverse("population", args=[slug, each.pk]),
            "hint": f"{each.row_count} rows",
            "icon": "evidence",
        }
        for each in populations_named(query, EACH)
    ]


def _tasks(query: str, request: HttpRequest) -> list[dict[str, Any]]:
    """Open tasks: all for who sees the programme, one's own for others."""
    if len(query) < 2:
        return []
    owner = None if allows(request.membership.role, Right.SEE_PROGRAMME) else request.membership.pk
    return [
        {
            "group": "Tasks",
            "title": each.title,
            "url": reverse("task", args=[request.organization.slug, each.pk]),
            "hint": f"due {each.due_at.astimezone(request.organization.zone):%-d %b %Y}" if each.due_at else "no day is set",
            "icon": "check",
        }
        for each in tasks_named(query, EACH, owner=owner)
    ]


def _actions(query: str, slug: str, role: str) -> list[dict[str, Any]]:
    offered = [
        ("Overview", "overview", Right.SEE_PROGRAMME),
        ("Controls that need you", "controls", Right.SEE_PROGRAMME),
        ("Connect a system", "connections", Right.MANAGE_CONNECTIONS),
        ("Adopt controls from the library", "library", Right.MANAGE_CONTROLS),
        ("Set the observation period", "periods", Right.MANAGE_CONTROLS),
        ("Invite a member", "members", Right.MANAGE_MEMBERS),
        ("Trail", "trail", Right.SEE_TRAIL),
        ("Log", "log", Right.SEE_PROGRAMME),
    ]
    return [
        {"group": "Do", "title": title, "url": reverse(name, args=[slug]), "hint": "", "icon": "right"}
        for title, name, right in offered
        if allows(role, right) and query.casefold() in title.casefold()
    ]
