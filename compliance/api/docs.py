"""The viewer of the API's description: Swagger UI from its package, without any script in the page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

# Swagger UI sets styles from its script; images of its own are data URIs.
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)


@require_safe
def viewer(request: HttpRequest) -> HttpResponse:
    """The description tells what the product can do, not whose data it holds: anybody may read it."""
    response = render(request, "api/docs.html")
    response["Content-Security-Policy"] = POLICY
    return response
