"""Evidence sheets of populations, records, readings and verdicts: a page, JSON, and one page of paper."""

import uuid
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right
from compliance.trail.action import action
from compliance.trail.names import ActionName
from controls.sheets import sheet_of_verdict
from controls.views.populations import receipt_answer
from evidence.selectors.histories import record_place
from evidence.selectors.populations import population_by_id
from evidence.sheets import Sheet, UnknownSubject, sheet_of_population, sheet_of_record, sheet_of_stream_run
from evidence.sheets.printing import NotPrinted, pdf_of


@require_GET
@page(Right.SEE_PROGRAMME)
def population_sheet(request: HttpRequest, population_id: uuid.UUID, form: str = "") -> HttpResponse:
    """Of a frozen population."""
    population = population_by_id(population_id)
    if population is None:
        raise Http404("There is no such population.")
    back = (population.title, reverse("population", args=[request.organization.slug, population_id]))
    receipt = reverse("population_receipt", args=[request.organization.slug, population_id])
    return _answer(request, lambda: sheet_of_population(population), form, back, receipt)


@require_GET
@page(Right.SEE_PROGRAMME)
def record_sheet(request: HttpRequest, record_id: uuid.UUID, form: str = "") -> HttpResponse:
    """Of one record."""
    place = record_place(record_id)
    if place is None:
        raise Http404("There is no such record.")
    slug = request.organization.slug
    back = (place.name or place.key, reverse("subject", args=[slug, place.pk]))
    return _answer(request, lambda: sheet_of_record(record_id), form, back, reverse("record_receipt", args=[slug, record_id]))


@require_GET
@page(Right.SEE_PROGRAMME)
def reading_sheet(request: HttpRequest, run_id: uuid.UUID, fact_kind: str, form: str = "") -> HttpResponse:
    """Of what one run did for one kind of fact."""
    back = ("Run", reverse("run", args=[request.organization.slug, run_id]))
    return _answer(request, lambda: sheet_of_stream_run(run_id, fact_kind), form, back, "")


@require_GET
@page(Right.SEE_PROGRAMME)
def verdict_sheet(request: HttpRequest, verdict_id: uuid.UUID, form: str = "") -> HttpResponse:
    """Of one verdict."""
    return _answer(request, lambda: sheet_of_verdict(verdict_id), form, ("Checks", reverse("checks", args=[request.organization.slug])), "")


@require_GET
@page(Right.SEE_PROGRAMME)
def record_receipt(request: HttpRequest, record_id: uuid.UUID) -> HttpResponse:
    """The inclusion proof of a record; 404 while it is not sealed."""
    if record_place(record_id) is None:
        raise Http404("There is no such record.")
    return receipt_answer(record_id)


def _answer(request: HttpRequest, make: Callable[[], Sheet], form: str, back: tuple[str, str], receipt: str) -> HttpResponse:
    try:
        sheet = make()
    except UnknownSubject as error:
        raise Http404("There is nothing of that id.") from error
    if form == "json":
        return JsonResponse(sheet.as_json(), json_dumps_params={"indent": 1, "ensure_ascii": False})
    if form == "pdf":
        return _paper(request, sheet)
    if form:
        raise Http404("A sheet comes as json or pdf.")
    context = {"crumbs": [back, ("Evidence sheet", "")], "sheet": sheet, "receipt": receipt, "files": request.path.rstrip("/")}
    return TemplateResponse(request, "evidence/sheet_page.html", context)


def _paper(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    try:
        data = pdf_of(sheet)
    except NotPrinted as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    with action(
        ActionName.EXPORT_DOWNLOADED,
        actor=request.actor,
        subject_name=f"Evidence sheet: {sheet.title}",
        detail={"about": sheet.about, "id": sheet.id},
    ):
        pass
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="evidence-sheet-{sheet.about}-{sheet.id[:8]}.pdf"'
    return response
