"""The bare address: on to one's organization."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from compliance.members.roles import Right, allows
from compliance.members.selectors.entering import memberships_of


@require_GET
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """One organization: its overview, or one's own work where that is all one sees. Several: a choice. None: what to do about it."""
    memberships = memberships_of(request.user.pk)
    if len(memberships) == 1:
        sees_programme = allows(memberships[0].role, Right.SEE_PROGRAMME)
        return redirect("overview" if sees_programme else "my_work", slug=memberships[0].organization.slug)
    may_create = request.user.is_operator or settings.CONFIGURATION.who_may_create_organizations == "anyone"
    context = {"memberships": memberships, "may_create": may_create, "crumbs": [("Organizations", "")]}
    return TemplateResponse(request, "home/start.html", context)
