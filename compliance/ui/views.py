"""The living style guide, and the pages that say what went wrong."""

from __future__ import annotations

import sys

from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from redis.exceptions import ConnectionError as RedisUnreachable
from redis.exceptions import TimeoutError as RedisTimeout

from compliance.ui import samples

MISSING = (OperationalError, InterfaceError, RedisUnreachable, RedisTimeout)  # a server is not there now; asking again later may do


def guide(request: HttpRequest) -> HttpResponse:
    """Show every component in every state, on fixed invented data. For development and tests; it needs no sign-in."""
    return render(request, "components/guide.html", samples.guide())


def misread(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 (``handler400``): what a view said about the address, in its words; of a suspicious request nothing is repeated."""
    said = str(exception) if isinstance(exception, BadRequest) else ""
    context = {"error_id": getattr(request, "request_id", ""), "said": said}
    return HttpResponse(render_to_string("400.html", context), status=400)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 (``handler403``)."""
    return _page(403, request)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token (``CSRF_FAILURE_VIEW``)."""
    return _page(403, request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 (``handler404``). The address is not repeated on the page."""
    return _page(404, request)


def broken(request: HttpRequest) -> HttpResponse:
    """500 (``handler500``); 503 where the database or Redis does not answer, wherever in the request that was noticed."""
    if isinstance(sys.exc_info()[1], MISSING):
        return unready(request)
    return _page(500, request)


def unready(request: HttpRequest) -> HttpResponse:
    """503, for a gate that finds a server missing."""
    response = _page(503, request)
    response["Retry-After"] = "60"
    return response


def _page(status: int, request: HttpRequest) -> HttpResponse:
    # Without the request's context: no context processor may touch a database that is perhaps what broke.
    context = {"error_id": getattr(request, "request_id", "")}
    return HttpResponse(render_to_string(f"errors/{status}.html", context), status=status)
