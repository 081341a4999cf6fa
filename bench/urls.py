"""The product's addresses, and beside them the page that everything is compared with."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from compliance.tenancy.scope import scope
from controls.models import Control

ROW = "<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>"
PAGE = "<!doctype html><title>Floor</title><table>{% for row in rows %}" + ROW + "{% endfor %}</table>"
CELLS = ("code", "title", "area", "severity", "frequency", "owner_role", "nature", "adopted_at")


def floor(request: HttpRequest, organization_id: Any) -> HttpResponse:
    """Fifty rows of eight cells from one query, through Django's templates: no session, no rights, no frame."""
    with scope(organization_id):
        rows = list(Control.objects.order_by("code").values_list(*CELLS)[:50])
    return HttpResponse(_template().render({"rows": rows}))


@lru_cache(maxsize=1)
def _template() -> Any:
    return engines["django"].from_string(PAGE)


urlpatterns = [path("bench/<uuid:organization_id>/", floor), path("", include("compliance.urls"))]
