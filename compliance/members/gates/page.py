"""The gate of every organization's page: who is asking, which organization, which right.

A view of an organization takes `slug` first and is decorated with `@page(Right.…)`. The gate answers sign-in for the anonymous,
404 for whoever is no member (a foreign organization does not exist for them), a redirect for a former slug, 403 for a
missing right inside one's own organization; then it opens the scope, runs the view and renders its template inside it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from compliance.members.models import Membership
from compliance.members.roles import Right, allows
from compliance.members.selectors.entering import membership_by_slug, memberships_of, present_slug
from compliance.tenancy.scope import scope
from compliance.trail.actor import Actor, ActorKind

View = Callable[..., HttpResponse]


def page(right: Right | None) -> Callable[[View], View]:
    """Decorate a view of one organization; `right` None means any member, employees included."""

    def decorate(view: View) -> View:
        @wraps(view)
        def gated(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            request.memberships = memberships_of(request.user.pk)  # the switcher of the page shows them all: read once
            membership = next((each for each in request.memberships if each.organization.slug == slug), None)
            if membership is None:
                return _elsewhere(request, slug)
            with scope(membership.organization_id, request.user.pk):
                enter(request, membership)
                if right is not None and not allows(membership.role, right):
                    raise PermissionDenied(f"Your role ({membership.role}) does not include this.")
                response = view(request, *args, **kwargs)
                if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                    response = response.render()
                return response

        gated.plumbline_right = right  # read by the sweep test
        gated.plumbline_gate = "page"
        return gated

    return decorate


def enter(request: HttpRequest, membership: Membership) -> None:
    """Put organization, membership and actor on the request."""
    request.organization = membership.organization
    request.membership = membership
    request.actor = Actor(ActorKind.USER, request.user.name or request.user.email, request.user.pk)


def _elsewhere(request: HttpRequest, slug: str) -> HttpResponse:
    now = present_slug(slug)
    if now and membership_by_slug(user_id=request.user.pk, slug=now) is not None and request.method in ("GET", "HEAD"):
        return HttpResponseRedirect(request.get_full_path().replace(f"/{slug}/", f"/{now}/", 1))
    raise Http404("There is no such page, or it is not yours to see.")
