"""Populations: which there are, a draft of one, what is frozen, its rows as files and its review."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from rest_framework.exceptions import ValidationError as BadCursor

from compliance.api.paging import keyset_page
from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.tenancy.clock import now
from compliance.trail.action import action
from compliance.trail.names import ActionName
from compliance.vault.receipts import receipt_of
from compliance.vault.selectors.blobs import open_blob
from compliance.vault.selectors.log import position_of
from controls.views.asking import moment_asked
from evidence.bell import ring_for_freezing
from evidence.populations.catalogue import GROUPS, UnknownPopulation, definition_of, definitions
from evidence.selectors.histories import sources_by_kind
from evidence.selectors.populations import (
    chain_of,
    freezing_by_id,
    frozen_populations,
    open_freezings,
    population_by_id,
    progress_of,
    reviews_of,
    rows_of,
    top_ups_of,
)
from evidence.services.populations import Asked, ask_freeze, draft_population, drop_freeze, retry_freeze, review_population

SHOWN = 25
FROZEN = 50
FILES = {"jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8"}


@require_GET
@page(Right.SEE_PROGRAMME)
def population_list(request: HttpRequest) -> HttpResponse:
    """Every kind with what feeds it or what is missing, and what was frozen, latest first."""
    sources = sources_by_kind()
    kinds = [
        {"definition": each, "sources": [source for kind in each.kinds for source in sources.get(kind, ())]}
        for each in definitions().values()
    ]
    for each in kinds:
        each["sources"] = list({source.pk: source for source in each["sources"]}.values())
    try:
        frozen = keyset_page(frozen_populations(), order=["-frozen_at", "-id"], cursor=request.GET.get("cursor", ""), limit=FROZEN)
    except BadCursor as error:
        raise BadRequest("This place in the list is not known; begin again at its top.") from error
    context = {
        "crumbs": [("Populations", "")],
        "groups": [(name, [each for each in kinds if each["definition"].group == name]) for name in GROUPS],
        "fed": sum(1 for each in kinds if each["sources"]),
        "kinds": len(kinds),
        "frozen": frozen.rows,
        "page": {"previous": "", "next": frozen.next, "shown": len(frozen.rows), "total": frozen_populations().count()},
        "freezings": [_freezing_shown(each) for each in open_freezings()],
    }
    return TemplateResponse(request, "evidence/population_list.html", context)


@require_http_methods(["GET", "POST"])
@page(Right.SEE_PROGRAMME)
def population_draft(request: HttpRequest, population_kind: str) -> HttpResponse:
    """A draft of one kind: what would be frozen, and whether it is all. Sending the form has it frozen."""
    try:
        definition = definition_of(population_kind)
    except UnknownPopulation as error:
        raise Http404("There is no population of that kind.") from error
    may_freeze = allows(request.membership.role, Right.ACT_ON_CONTROLS)
    if request.method == "POST" and not may_freeze:
        return HttpResponse("Your role may look at populations, but not freeze them.", status=403, content_type="text/plain; charset=utf-8")
    given = request.POST if request.method == "POST" else request.GET
    sources = sources_by_kind()
    choices = list({source.pk: source for kind in definition.kinds for source in sources.get(kind, ())}.values())
    typed = _typed(request, given, definition)
    draft, trouble, status = None, "", 200
    try:
        asked = _asked(request, typed, definition, choices)
        if request.method == "POST":
            made = ask_freeze(asked, actor=request.actor, title=given.get("title", ""), now=now())
            ring_for_freezing(request.organization.pk)
            return redirect("population_freezing", slug=request.organization.slug, freezing_id=made.pk)
        draft = draft_population(asked, now=now()) if choices else None
    except ValidationError as error:
        trouble, status = " ".join(error.messages), 422
    context = {
        "crumbs": [("Populations", reverse("populations", args=[request.organization.slug])), (definition.title, "")],
        "definition": definition,
        "told": definition.told(),
        "typed": typed,
        "choices": choices,
        "draft": draft,
        "trouble": trouble,
        "may_freeze": may_freeze,
        "columns": definition.columns[3:-2],
        "first": [[row.get(name) for name in definition.columns[3:-2]] for row in draft.first] if draft else [],
        "left_out": sorted(draft.gathered.left_out.items()) if draft else [],
    }
    return TemplateResponse(request, "evidence/population_draft.html", context, status=status)


@require_http_methods(["GET", "POST"])
@page(Right.SEE_PROGRAMME)
def population_freezing(request: HttpRequest, freezing_id: uuid.UUID) -> HttpResponse:
    """How far a freezing is; sending it tries a failed one again, or takes it off the list."""
    freezing = freezing_by_id(freezing_id)
    if freezing is None:
        raise Http404("There is no such freezing.")
    slug = request.organization.slug
    if request.method == "POST":
        if not allows(request.membership.role, Right.ACT_ON_CONTROLS):
            return HttpResponse(
                "Your role may look at populations, but not freeze them.", status=403, content_type="text/plain; charset=utf-8"
            )
        try:
            if request.POST.get("drop"):
                drop_freeze(freezing, actor=request.actor)
                return redirect("populations", slug=slug)
            retry_freeze(freezing, actor=request.actor)
            ring_for_freezing(request.organization.pk)
        except ValidationError as error:
            return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
        return redirect("population_freezing", slug=slug, freezing_id=freezing_id)
    if freezing.state == "done" and freezing.population_id:
        return redirect("population", slug=slug, population_id=freezing.population_id)
    context = {"crumbs": [("Populations", reverse("populations", args=[slug])), (freezing.title, "")], "each": _freezing_shown(freezing)}
    return TemplateResponse(request, "evidence/population_freezing.html", context)


@require_GET
@page(Right.SEE_PROGRAMME)
def population_page(request: HttpRequest, population_id: uuid.UUID) -> HttpResponse:
    """A frozen population: its counts, gaps, differences, first rows, chain and reviews."""
    population = _found(population_id)
    columns = population.definition["columns"][3:]
    rows = _first(population)
    context = {
        "crumbs": [("Populations", reverse("populations", args=[request.organization.slug])), (population.title, "")],
        "population": population,
        "columns": columns[:-2],
        "rows": [{"id": row["id"], "subject": row["subject_id"], "record": row["record_id"], "cells": [row.get(name) for name in columns[:-2]]} for row in rows],
        "left_out": sorted(population.completeness["left_out"].items()),
        "chain": chain_of(population),
        "top_ups": top_ups_of(population.pk),
        "reviews": reviews_of(population.pk),
        "position": position_of(population.pk),
        "interim": population.completeness["asked_until"][:19] > population.until_at.isoformat()[:19],
        "next_day": population.until_at.astimezone(request.organization.zone).date(),
        "may_export": allows(request.membership.role, Right.EXPORT),
        "may_act": allows(request.membership.role, Right.ACT_ON_CONTROLS),
    }  # fmt: skip
    return TemplateResponse(request, "evidence/population_page.html", context)


@require_GET
@page(Right.EXPORT)
def population_file(request: HttpRequest, population_id: uuid.UUID, form: str) -> HttpResponse:
    """The rows as JSONL or CSV, as they were frozen; an entry on the trail."""
    population = _found(population_id)
    if form not in FILES:
        raise Http404("Rows come as jsonl or csv.")
    digest = population.jsonl if form == "jsonl" else population.csv
    with action(ActionName.EXPORT_DOWNLOADED, actor=request.actor, subject=population, detail={"form": form, "sha256": digest}):
        pass
    response = StreamingHttpResponse(open_blob(digest), content_type=FILES[form])
    response["Content-Disposition"] = f'attachment; filename="population-{population.kind}-{population.until_at:%Y-%m-%d}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
@page(Right.SEE_PROGRAMME)
def population_receipt(request: HttpRequest, population_id: uuid.UUID) -> HttpResponse:
    """The inclusion proof of its statement in the log; 404 while it is not sealed."""
    return receipt_answer(_found(population_id).pk)


@require_POST
@page(Right.ACT_ON_CONTROLS)
def population_review(request: HttpRequest, population_id: uuid.UUID) -> HttpResponse:
    """Say that somebody reviewed completeness and accuracy."""
    population = _found(population_id)
    try:
        review_population(population, actor=request.actor, note=request.POST.get("note", "").replace("\x00", ""), now=now())
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
    return redirect("population", slug=request.organization.slug, population_id=population.pk)


def receipt_answer(ref: uuid.UUID) -> HttpResponse:
    """A receipt as a download. Raises Http404 while there is none."""
    try:
        data = receipt_of(ref)
    except LookupError as error:
        raise Http404("This is not sealed yet; the log is sealed every few seconds.") from error
    response = HttpResponse(data, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{ref}.tlog-proof"'
    return response


def _found(population_id: uuid.UUID) -> Any:
    population = population_by_id(population_id)
    if population is None:
        raise Http404("There is no such population.")
    return population


def _first(population: Any) -> list[dict[str, Any]]:
    rows: Iterator[dict[str, Any]] = rows_of(population)
    found = []
    for row in rows:
        found.append(row)
        if len(found) == SHOWN:
            break
    return found


def _typed(request: HttpRequest, given: Any, definition: Any) -> dict[str, Any]:
    """What was typed, with the running period where nothing was."""
    previous = _previous(given.get("previous", ""))
    moment = moment_asked(request)
    first = (
        given.get("first") or (previous.until_at.astimezone(request.organization.zone).date() if previous else moment.first_day).isoformat()
    )
    return {
        "first": first,
        "last": given.get("last") or moment.last_day.isoformat(),
        "source": given.get("source") or (str(previous.source_id) if previous and previous.source_id else ""),
        "title": given.get("title", "").replace("\x00", ""),
        "previous": previous,
        "options": [(each, given.get(each.name, ", ".join(each.default)).replace("\x00", "")) for each in definition.options],
    }


def _previous(text: str) -> Any:
    if not text:
        return None
    try:
        found = population_by_id(uuid.UUID(text))
    except ValueError as error:
        raise Http404("There is no such population.") from error
    if found is None:
        raise Http404("There is no such population.")
    return found


def _asked(request: HttpRequest, typed: dict[str, Any], definition: Any, choices: list[Any]) -> Asked:
    zone = request.organization.zone
    try:
        first, last = date.fromisoformat(typed["first"]), date.fromisoformat(typed["last"])
        from_at, until_at = datetime.combine(first, time.min, zone), datetime.combine(last + timedelta(days=1), time.min, zone)
    except (ValueError, OverflowError) as error:
        raise ValidationError("Give days such as 2026-03-31.") from error
    source = next((each for each in choices if str(each.pk) == typed["source"]), None)
    if typed["source"] and source is None:
        raise ValidationError("Choose one of the systems, or all of them.")
    options = {each.name: tuple(word.strip() for word in words.split(",") if word.strip()) for each, words in typed["options"]}
    previous = typed["previous"]
    return Asked(definition.kind, previous.until_at if previous else from_at, until_at, zone, source, options, previous)


def _freezing_shown(freezing: Any) -> dict[str, Any]:
    progress = progress_of(freezing.pk)
    return {"freezing": freezing, "stage": progress.get("stage", "waits for a worker"), "rows": progress.get("rows", 0)}
