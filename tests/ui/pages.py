"""Pages for the browser: one of each layout, on the fixed data of the style guide."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import RequestContext, Template
from django.urls import path

from compliance.ui import samples, views

SAMPLES = Path(__file__).parent / "sample_pages"


def page(name: str, status: int = 200, **more: object):
    """A view of that sample page on the guide's data."""
    source = (SAMPLES / f"{name}.html").read_text()

    def view(request: HttpRequest) -> HttpResponse:
        context = samples.guide()
        context["urls"] = {**context["urls"], "palette": "/palette.json"}
        context["brand"] = {"name": "Fernhill", "url": "/public/"}
        tests = {"name": "Tests", "url": "#", "count": 58, "current": True}
        context["engagement"] = {"title": "Fernhill Logistics", "firm": "Alder & Pryce LLP", "url": "#", "tabs": [tests]}
        context.update(more)
        return HttpResponse(Template(source).render(RequestContext(request, context)), status=status)

    return view


def palette(request: HttpRequest) -> JsonResponse:
    """What the palette offers."""
    items = [
        {"group": "Controls", "title": "AC-07 Multi-factor authentication", "url": "/reached/", "hint": "Failing"},
        {"group": "People", "title": "Tom Okafor", "url": "/person/", "hint": "Control owner"},
        {"group": "Do", "title": "<img src=x onerror=alert(1)>", "url": "javascript:alert(1)", "hint": ""},
    ]
    return JsonResponse(items, safe=False)


def toast(request: HttpRequest) -> HttpResponse:
    """An act done in place."""
    return HttpResponse(status=204, headers={"HX-Trigger": '{"toast": {"text": "Assigned to Tom Okafor", "undo_url": "/undo/"}}'})


def broken(request: HttpRequest) -> HttpResponse:
    """An act that broke."""
    return HttpResponse(status=500, headers={"X-Request-ID": "7F3A-19C2"})


urlpatterns = [
    path("styleguide/", views.guide),
    path("list/", page("list")),
    path("blank/", page("blank", ruler=None, demo=True)),
    path("auth/", page("auth")),
    path("public/", page("public", demo=True)),
    path("plain/", page("plain")),
    path("audit/", page("audit")),
    path("error/", views.broken),
    path("panel/", page("panel")),
    path("refused/", page("refused", status=422)),
    path("palette.json", palette),
    path("toast/", toast),
    path("broken/", broken),
    path("reached/", page("plain")),
    path("done/", page("plain")),
]
