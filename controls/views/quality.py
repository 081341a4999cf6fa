"""What the checks about evidence say of one connection: a page, and for htmx its rows alone."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right
from controls.selectors.quality import said_about
from evidence.selectors.quality import source_of_connection, streams_by_source


@require_GET
@page(Right.SEE_PROGRAMME)
def quality_of_connection(request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
    """The source that a connection reads, its streams and its populations."""
    source = source_of_connection(connection_id)
    if source is None:
        raise Http404("This connection has read nothing yet.")
    streams = streams_by_source([source.pk]).get(source.pk, [])
    keys = {
        str(source.pk),
        *(str(each.pk) for each in streams),
        *(f"{source.pk}:{each.kind}{end}" for each in streams for end in ("", ":total")),
    }
    slug = request.organization.slug
    crumbs = [("Connections", reverse("connections", args=[slug])), ("How good the evidence is", "")]
    context = {"crumbs": crumbs, "quality": said_about(keys)}
    alone = request.headers.get("HX-Request") == "true"
    return TemplateResponse(request, "controls/quality_rows.html" if alone else "controls/quality_page.html", context)
