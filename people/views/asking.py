"""What the pages of people have in common: pages of a list, CSV lines, days and people typed into forms."""

import csv
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from rest_framework.exceptions import ValidationError as BadCursor

from compliance.api.paging import keyset_page
from compliance.tenancy.scope import scope
from controls.views.controls import Echo, harmless

PAGE = 50


def page_asked(request: HttpRequest, rows: QuerySet, order: Sequence[str], total: int) -> tuple[list[Any], dict[str, Any]]:
    """(rows, what `{% pages %}` needs). A foreign cursor is a bad request, said in a sentence."""
    try:
        found = keyset_page(rows, order=order, cursor=request.GET.get("cursor", ""), limit=PAGE)
    except BadCursor as error:
        raise BadRequest("This place in the list does not exist. Begin at its first page.") from error
    return found.rows, {"previous": "", "next": found.next, "shown": len(found.rows), "total": total, "first_param": "cursor"}


def csv_answer(request: HttpRequest, name: str, head: Sequence[str], rows: Callable[[], Iterable[Sequence[object]]]) -> HttpResponse:
    """A streamed CSV file; `rows` is asked inside a scope of its own. No cell is a formula for a spreadsheet."""
    organization_id, user_id = request.organization.pk, request.user.pk

    def lines() -> Iterator[str]:
        writer = csv.writer(Echo())
        yield writer.writerow(head)
        with scope(organization_id, user_id):
            for row in rows():
                yield writer.writerow([harmless("" if cell is None else str(cell)) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def end_of_day_asked(request: HttpRequest, name: str) -> datetime | None:
    """The end of a day typed into a form, in the organization's zone; None where nothing was typed. Raises ValidationError."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time.min, request.organization.zone)
    except (ValueError, OverflowError) as error:
        raise ValidationError({name: "Give a day such as 2026-12-31."}) from error


def ids_asked(request: HttpRequest, name: str) -> list[uuid.UUID]:
    """Ids of ticked rows; what is none is left out, as a row that went away would be."""
    found = []
    for text in request.POST.getlist(name)[:500]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def instant_text(moment: datetime | None) -> str:
    """An instant in exports: UTC, ISO."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else ""
