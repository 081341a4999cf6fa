"""Addresses of the ground floor alone, with stand-ins for the pages that the frame links to."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def elsewhere(request: HttpRequest, slug: str = "") -> HttpResponse:
    """A page of another storey."""
    return HttpResponse("elsewhere")


urlpatterns = [
    path("", include("compliance.members.urls")),
    path("", include("compliance.api.urls")),
    path("", include("compliance.home.urls_instance")),
    path("", elsewhere, name="start"),
    path("<slug:slug>/", elsewhere, name="overview"),
    *[path(f"<slug:slug>/{name}/", elsewhere, name=name) for name in ("controls", "criteria", "connections", "periods", "palette", "log")],
]
