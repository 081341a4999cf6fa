"""File import: the list, the four steps of a file, and the source that its files make."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

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
from evidence.facts.fact import Fact
from evidence.selectors.streams import coverage_of, streams_of_source
from integrations.bell import ring
from integrations.fed import FED, FRESHNESS, MODES, POLICIES
from integrations.forms.imports import RecordForm, UploadForm, map_of
from integrations.importing.decoding import ENCODINGS
from integrations.importing.delimited import DELIMITERS
from integrations.importing.fields import fields_of
from integrations.importing.kinds import kinds, meaning_of, summary_of, title_of
from integrations.importing.mapping import EMPTY, load_map, usual_empty
from integrations.importing.reading import FINDINGS, FORMS, load_look, table_of
from integrations.importing.refusals import Refusal, Unreadable
from integrations.importing.rows import shown
from integrations.importing.values import FORMATS
from integrations.models import ImportedFile
from integrations.selectors.connections import runs_of
from integrations.selectors.imports import fed_connections, files_of, imported_file, imported_files, kept_mapping, kept_mappings
from integrations.selectors.pushes import push_sessions, received_of
from integrations.selectors.single import connection_by_id
from integrations.services.imports import (
    content_of,
    discard_import,
    map_columns,
    outcome_of,
    read_differently,
    record_import,
    remove_mapping,
    upload_file,
)

STEPS = ("Bring the file", "Say what the columns are", "Look at what comes of it", "Recorded")
SHOWN_REFUSALS = 200
SHOWN_FACTS = 20
SAMPLE_ROWS = 3
SHOWN_SESSIONS = 30


@require_GET
@page(Right.SEE_PROGRAMME)
def import_list(request: HttpRequest) -> HttpResponse:
    """Sources that are fed, the latest files, kept mappings, and how push sessions went."""
    at = now()
    sessions = push_sessions(SHOWN_SESSIONS)
    received = received_of([each.pk for each in sessions])
    files = imported_files()
    context = {
        "crumbs": [_connections(request), ("Imports and pushes", "")],
        "sources": [_source(each, at) for each in fed_connections()],
        "files": [{"file": each, "kind": title_of(each.kind)} for each in files],
        "drafts": sum(1 for each in files if each.state == "draft"),
        "sessions": [
            {
                "session": each,
                "received": received.get(each.pk, {}).get("lines", 0) if each.state == "open" else None,
                "expired": each.state == "open" and each.expires_at <= at,
            }
            for each in sessions
        ],
        "mappings": [{"mapping": each, "kind": title_of(each.kind)} for each in kept_mappings()],
        "may_manage": _manages(request),
    }
    return TemplateResponse(request, "integrations/import_list.html", context)


@require_http_methods(["GET", "POST"])
@page(Right.MANAGE_CONNECTIONS)
def import_new(request: HttpRequest) -> HttpResponse:
    """First step: the file, and which list it is."""
    known = {"sources": fed_connections("file"), "mappings": kept_mappings()}
    chosen = {"source": request.GET.get("source", ""), "kind": request.GET.get("kind", "")}
    form = UploadForm(request.POST, request.FILES, **known) if request.method == "POST" else UploadForm(initial=chosen, **known)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            imported = upload_file(
                actor=request.actor, name=data["name"], kind=data["kind"], mode=data["mode"], fresh_days=data["fresh_days"],
                filename=data["file"].name, data=data["file"].read(), zone=request.organization.time_zone, now=now(),
                kept=kept_mapping(data["mapping"]) if data["mapping"] else None,
            )  # fmt: skip
        except ValidationError as error:
            _add(form, error)
        else:
            return redirect(
                "import_preview" if imported.look["form"] in FINDINGS else "import_file",
                slug=request.organization.slug,
                file_id=imported.pk,
            )
    context = {
        "crumbs": [_connections(request), _imports(request), ("Bring a file", "")], "form": form, "steps": _steps(0),
        "known": bool(known["sources"]),
    }  # fmt: skip
    return TemplateResponse(request, "integrations/import_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@page(Right.SEE_PROGRAMME)
def import_file(request: HttpRequest, file_id: Any) -> HttpResponse:
    """Second step while the file is a draft: how it is read and what its columns are. Afterwards: what became of it."""
    imported = _found(file_id)
    if imported.state != "draft":
        return _result(request, imported)
    if not _manages(request):
        return HttpResponse("Your role does not bring files.", status=403, content_type="text/plain; charset=utf-8")
    if imported.look["form"] in FINDINGS:
        return redirect("import_preview", slug=request.organization.slug, file_id=imported.pk)
    errors: list[str] = []
    given = load_map(imported.column_map or {})
    if request.method == "POST":
        try:
            if request.POST.get("act") == "read":
                read_differently(actor=request.actor, imported=imported, given=request.POST.dict(), zone=request.organization.time_zone)
                return redirect("import_file", slug=request.organization.slug, file_id=imported.pk)
            given = map_of(imported.kind, request.POST)
            map_columns(actor=request.actor, imported=imported, given=given, keep_as=request.POST.get("keep_as", ""), now=now())
        except ValidationError as error:
            errors = error.messages
        else:
            return redirect("import_preview", slug=request.organization.slug, file_id=imported.pk)
    return TemplateResponse(
        request, "integrations/import_map.html", _map_context(request, imported, given, errors), status=422 if errors else 200
    )


@require_http_methods(["GET", "POST"])
@page(Right.MANAGE_CONNECTIONS)
def import_preview(request: HttpRequest, file_id: Any) -> HttpResponse:
    """Third step: every row as it would be taken, or why it is not. A POST records it."""
    imported = _found(file_id)
    slug = request.organization.slug
    if imported.state != "draft":
        return redirect("import_file", slug=slug, file_id=imported.pk)
    zone = request.organization.zone
    form = RecordForm(
        request.POST if request.method == "POST" else None,
        zone=zone,
        initial={"as_of": now().astimezone(zone).replace(tzinfo=None), "policy": "all"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            record_import(
                actor=request.actor, imported=imported, as_of=form.cleaned_data["as_of"], policy=form.cleaned_data["policy"], now=now()
            )
        except ValidationError as error:
            _add(form, error)
        else:
            organization_id = str(request.organization.pk)
            transaction.on_commit(lambda: ring("compliance.judge_due", organization_id))
            return redirect("import_file", slug=slug, file_id=imported.pk)
    try:
        outcome = outcome_of(imported)
    except ValidationError as error:
        context = _map_context(request, imported, load_map(imported.column_map or {}), error.messages)
        return TemplateResponse(request, "integrations/import_map.html", context, status=422)
    mapped = _mapped_fields(imported, [each for _line, each in outcome.facts[:SHOWN_FACTS]])
    context = {
        "crumbs": _trail_of(request, imported), "imported": imported, "kind": title_of(imported.kind), "steps": _steps(2), "form": form,
        "outcome": outcome, "taken": len(outcome.facts), "refused": outcome.refused[:SHOWN_REFUSALS], "refusals": len(outcome.refused),
        "fields": mapped, "samples": [_sample(line, fact, mapped) for line, fact in outcome.facts[:SHOWN_FACTS]],
        "policies": [{"key": key, "title": title, "meaning": meaning} for key, title, meaning in POLICIES],
        "mode": {key: (title, meaning) for key, title, meaning in MODES}[imported.mode], "form_name": FORMS[imported.look["form"]],
        "findings": imported.look["form"] in FINDINGS, "chosen": form["policy"].value() or "all",
    }  # fmt: skip
    return TemplateResponse(request, "integrations/import_preview.html", context, status=422 if form.is_bound and form.errors else 200)


@require_GET
@page(Right.MANAGE_CONNECTIONS)
def import_refused(request: HttpRequest, file_id: Any) -> HttpResponse:
    """Refused rows as CSV, to be corrected in the file they came from."""
    imported = _found(file_id)
    if imported.state == "draft":
        try:
            refused: Sequence[Refusal] = outcome_of(imported).refused
        except ValidationError as error:
            return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
    else:
        refused = [Refusal(**each) for each in imported.refusals]
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["line", "column", "value", "reason"])
    for each in refused:
        writer.writerow([each.line, *map(_harmless, (each.column, each.value, each.reason))])
    response = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="refused-rows.csv"'
    return response


@require_POST
@page(Right.MANAGE_CONNECTIONS)
def import_discard(request: HttpRequest, file_id: Any) -> HttpResponse:
    """Throw a draft away."""
    try:
        discard_import(actor=request.actor, imported=_found(file_id))
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
    return redirect("imports", slug=request.organization.slug)


@require_POST
@page(Right.MANAGE_CONNECTIONS)
def mapping_remove(request: HttpRequest, mapping_id: Any) -> HttpResponse:
    """Forget a kept mapping."""
    kept = kept_mapping(mapping_id)
    if kept is None:
        raise Http404("There is no such mapping.")
    remove_mapping(actor=request.actor, kept=kept)
    return redirect("imports", slug=request.organization.slug)


@require_GET
@page(Right.SEE_PROGRAMME)
def import_source(request: HttpRequest, connection_id: Any) -> HttpResponse:
    """A source that is fed: its stream and coverage, its files and runs."""
    connection = connection_by_id(connection_id)
    if connection is None or connection.vendor not in FED:
        raise Http404("There is no such source.")
    at = now()
    streams = streams_of_source(connection.source_id) if connection.source_id else []
    coverage = coverage_of([each.pk for each in streams])
    kind = connection.settings["kind"]
    context = {
        "crumbs": [_connections(request), _imports(request), (connection.name, "")], "connection": connection, "kind": title_of(kind),
        "summary": summary_of(kinds()[kind]) if kind in kinds() else "", "fed": FED[connection.vendor],
        "mode": {key: (title, meaning) for key, title, meaning in MODES}[connection.settings["mode"]],
        "rhythm": dict(FRESHNESS).get(connection.settings["fresh_days"], ""), "source": _source(connection, at),
        "streams": [{"stream": each, "coverage": coverage[each.pk], "stale": bool(each.stale_at and each.stale_at <= at)} for each in streams],
        "files": files_of(connection.pk), "runs": runs_of(connection.pk, limit=50), "may_manage": _manages(request),
    }  # fmt: skip
    return TemplateResponse(request, "integrations/import_source.html", context)


def _result(request: HttpRequest, imported: ImportedFile) -> HttpResponse:
    manages = _manages(request)
    context = {
        "crumbs": _trail_of(request, imported), "imported": imported, "kind": title_of(imported.kind), "steps": _steps(3),
        "refused": imported.refusals[:SHOWN_REFUSALS] if manages else [], "may_manage": manages,
        "policy": {key: (title, meaning) for key, title, meaning in POLICIES}.get(imported.policy, ("", "")),
        "form_name": FORMS.get(imported.look.get("form", ""), ""),
    }  # fmt: skip
    return TemplateResponse(request, "integrations/import_result.html", context)


def _map_context(request: HttpRequest, imported: ImportedFile, given: Any, errors: list[str]) -> dict[str, Any]:
    look = load_look(imported.look)
    rows: list[Any] = []
    try:
        rows = table_of(content_of(imported), look).rows[:SAMPLE_ROWS]
    except Unreadable as error:
        errors = [*errors, str(error)]
    examples = {name: [text for row in rows if (text := shown(row.cells[number]))] for number, name in enumerate(imported.columns)}
    fact = kinds()[imported.kind]
    return {
        "crumbs": _trail_of(request, imported), "imported": imported, "kind": title_of(imported.kind), "meaning": meaning_of(fact),
        "steps": _steps(1), "look": look, "encodings": ENCODINGS, "delimiters": DELIMITERS, "formats": FORMATS, "empties": EMPTY,
        "zone_name": given.zone, "errors": errors, "form_name": FORMS[look.form],
        "examples": [{"column": name, "values": values} for name, values in examples.items()],
        "fields": [
            {
                "field": each, "choice": given.by_field.get(each.name), "dated": each.form in ("instant", "day"),
                "empty": given.by_field[each.name].empty if each.name in given.by_field else usual_empty(each),
                "emptiable": each.nullable and (each.blank or each.form in ("list", "parts")),
            }
            for each in fields_of(fact)
        ],
        "unused": [name for name in imported.columns if name not in {each.column for each in given.choices}],
    }  # fmt: skip


def _mapped_fields(imported: ImportedFile, facts: Sequence[Fact]) -> list[str]:
    """Fields worth a column in the preview: those that are mapped; of findings, those that say something."""
    if imported.column_map:
        return [each.field for each in load_map(imported.column_map).choices]
    return [
        each.name for each in fields_of(kinds()[imported.kind]) if any(getattr(fact, each.name) not in (None, "", ()) for fact in facts)
    ]


def _sample(line: int, fact: Fact, names: Sequence[str]) -> dict[str, Any]:
    cells = []
    for name in names:
        value = getattr(fact, name)
        cells.append({"name": name, "unknown": value is None, "none": value in ("", ()), "text": _text(value)})
    return {"line": line, "cells": cells}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return shown("; ".join(each if isinstance(each, str) else str(each) for each in value))
    return shown(value)


def _source(connection: Any, at: datetime) -> dict[str, Any]:
    streams = streams_of_source(connection.source_id) if connection.source_id else []
    stream = streams[0] if streams else None
    return {
        "connection": connection, "kind": title_of(connection.settings["kind"]), "fed": FED[connection.vendor], "stream": stream,
        "stale": bool(stream and stream.stale_at and stream.stale_at <= at), "rhythm": dict(FRESHNESS).get(connection.settings["fresh_days"], ""),
    }  # fmt: skip


def _steps(present: int) -> list[dict[str, Any]]:
    return [
        {"number": number + 1, "name": name, "state": "done" if number < present else "now" if number == present else "later"}
        for number, name in enumerate(STEPS)
    ]


def _found(file_id: Any) -> ImportedFile:
    imported = imported_file(file_id)
    if imported is None:
        raise Http404("There is no such file.")
    return imported


def _manages(request: HttpRequest) -> bool:
    return allows(request.membership.role, Right.MANAGE_CONNECTIONS)


def _connections(request: HttpRequest) -> tuple[str, str]:
    return "Connections", reverse("connections", args=[request.organization.slug])


def _imports(request: HttpRequest) -> tuple[str, str]:
    return "Imports and pushes", reverse("imports", args=[request.organization.slug])


def _trail_of(request: HttpRequest, imported: ImportedFile) -> list[tuple[str, str]]:
    return [_connections(request), _imports(request), (imported.filename, "")]


def _add(form: Any, error: ValidationError) -> None:
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, messages in by_field.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet will not take for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
