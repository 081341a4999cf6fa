"""The base of every route of one organization.

A route has the organization's slug in its address and names the right it demands. Anonymous callers get 401, callers from elsewhere
404 (a foreign organization does not exist for them), members without the right 403. The organization's scope is open around the
handler and the rendering; a streamed answer runs after both and opens its own.
"""

from contextlib import ExitStack
from typing import Any, ClassVar

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from compliance.members.gates.page import enter
from compliance.members.models import ApiToken, Membership
from compliance.members.roles import Right, allows
from compliance.members.selectors.entering import membership_by_slug
from compliance.tenancy.scope import scope
from compliance.trail.actor import Actor, ActorKind


class OrganizationView(APIView):
    """Subclass, set `right` (and `write_right` where writing needs another), write `get(self, request)` and so on: the slug is taken
    out of the arguments. `request.organization`, `request.membership` and `request.actor` are set as on pages.

    `right` None means any member."""

    right: ClassVar[Right | None] = Right.SEE_PROGRAMME
    write_right: ClassVar[Right | None] = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep the scope open until the answer is rendered."""
        self._slug = kwargs.pop("slug")
        with ExitStack() as self._open:
            response = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
            return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, then enter the organization and ask for the right. Raises NotAuthenticated, Http404, PermissionDenied."""
        super().initial(request, *args, **kwargs)
        membership = self._membership(request)
        if membership is None:
            raise Http404
        self._open.enter_context(scope(membership.organization_id, request.user.pk))
        enter(request, membership)
        enter(request._request, membership)
        if isinstance(request.auth, ApiToken):
            request.actor = Actor(ActorKind.TOKEN, f"{request.user} by token “{request.auth.name}”", request.auth.pk)
        self.demand(request, self.right if request.method in SAFE_METHODS else self.write_right or self.right)

    def demand(self, request: Request, right: Right | None) -> None:
        """Raises PermissionDenied where the caller has not that right."""
        if right is None:
            return
        if not allows(request.membership.role, right):
            raise PermissionDenied(f"Your role ({request.membership.role}) does not include “{right}”.")
        if isinstance(request.auth, ApiToken) and right not in request.auth.allowed():
            raise PermissionDenied(f"This token does not include “{right}”. Make one that does.")

    def _membership(self, request: Request) -> Membership | None:
        if isinstance(request.auth, ApiToken):
            token = request.auth
            return token.membership if token.membership.organization.slug == self._slug else None
        return membership_by_slug(user_id=request.user.pk, slug=self._slug)
