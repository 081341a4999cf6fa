"""The page “Judge again”: one verdict from its raw bytes, with the code of then."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.operate.reperform.asking import NotHeard, ask_to_reperform, results_of
from controls.outcomes import Outcome
from controls.registry import definitions
from controls.selectors.verdicts import StoredVerdict, verdict_by_id


@require_GET
@page(Right.SEE_PROGRAMME)
def verdict_page(request: HttpRequest, verdict_id: uuid.UUID) -> HttpResponse:
    """A verdict, and what came of judging it again."""
    verdict = _found(verdict_id)
    slug = request.organization.slug
    known = definitions().get(verdict.check_id)
    asked = request.GET.get("asked", "")
    results = results_of(verdict.id)
    context = {
        "crumbs": [(verdict.check_id, reverse("check", args=[slug, verdict.check_id])), ("Judge again", "")],
        "verdict": verdict, "word": Outcome(verdict.outcome).word, "title": known.title if known else verdict.check_id, "results": results,
        "waiting": bool(asked) and not any(each.detail.get("asked") == asked for each in results), "asked": asked,
        "may_ask": allows(request.membership.role, Right.SEE_RAW),
    }  # fmt: skip
    return TemplateResponse(request, "operate/verdict_page.html", context)


@require_POST
@page(Right.SEE_RAW)
def verdict_reperform(request: HttpRequest, verdict_id: uuid.UUID) -> HttpResponse:
    """Ask a worker to judge it again."""
    verdict = _found(verdict_id)
    place = reverse("verdict", args=[request.organization.slug, verdict.id])
    try:
        asked = ask_to_reperform(request.organization.pk, verdict.id, request.actor)
    except NotHeard as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(place)
    return HttpResponseRedirect(f"{place}?asked={asked}")


def _found(verdict_id: uuid.UUID) -> StoredVerdict:
    verdict = verdict_by_id(verdict_id)
    if verdict is None:
        raise Http404("There is no such verdict.")
    return verdict
