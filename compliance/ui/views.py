"""The living style guide: every component in every state, on fixed invented data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from compliance.ui import samples


def guide(request: HttpRequest) -> HttpResponse:
    """Show the guide. For development and tests; it reads nothing and needs no sign-in."""
    return render(request, "components/guide.html", samples.guide())
