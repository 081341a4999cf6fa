"""The organization's log: its latest checkpoint, its key, and what it proves."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right
from compliance.vault.selectors.log import checkpoints, log_verifier


@require_GET
@page(Right.SEE_PROGRAMME)
def log_page(request: HttpRequest) -> HttpResponse:
    """Checkpoints, newest first, and the key that signed them."""
    context = {"crumbs": [("Log", "")], "checkpoints": checkpoints(), "verifier": log_verifier()}
    return TemplateResponse(request, "home/log.html", context)


@require_GET
@page(Right.SEE_PROGRAMME)
def checkpoint_text(request: HttpRequest) -> HttpResponse:
    """The latest checkpoint as the signed note that verifiers read."""
    latest = checkpoints(limit=1)
    return HttpResponse(latest[0].note if latest else "", content_type="text/plain; charset=utf-8", status=200 if latest else 404)
