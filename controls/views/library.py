"""The control library: what may be adopted, and adopting it."""

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from compliance.members.gates.page import page
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from controls.models import Control
from controls.services.adoption import adopt_controls, library


@require_http_methods(["GET", "POST"])
@page(Right.MANAGE_CONTROLS)
def library_page(request: HttpRequest) -> HttpResponse:
    """Library controls by area; those picked are adopted."""
    known = library()
    if request.method == "POST":
        picked = [code for code in request.POST.getlist("pick") if code in known]
        if not picked:
            return HttpResponse("Pick at least one control.", status=422, content_type="text/plain; charset=utf-8")
        adopt_controls(actor=request.actor, codes=picked, now=now())
        return redirect("controls", slug=request.organization.slug)
    adopted = set(Control.objects.values_list("code", flat=True))
    areas = defaultdict(list)
    for control in known.values():
        areas[control.area].append({"control": control, "adopted": control.code in adopted})
    context = {
        "crumbs": [("Controls", reverse("controls", args=[request.organization.slug])), ("Library", "")],
        "areas": dict(areas),
        "total": len(known),
        "adopted": len(adopted & set(known)),
    }
    return TemplateResponse(request, "controls/library.html", context)
