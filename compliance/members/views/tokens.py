"""API tokens: list, create (shown once), revoke."""

import uuid
from datetime import UTC, datetime

from django.contrib.messages import success
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from compliance.members.forms.members import refused_fields
from compliance.members.forms.token import RIGHT_NAMES, TokenForm
from compliance.members.gates.page import page
from compliance.members.models import Membership
from compliance.members.roles import Right, Role
from compliance.members.selectors import tokens as selectors
from compliance.members.services.tokens import create_token, revoke_token
from compliance.members.views.settings_tabs import crumbs, settings_tabs


def _whose(membership: Membership) -> Membership | None:
    """Admins see all tokens of the organization, others their own."""
    return None if membership.role == Role.ADMIN else membership


@page(Right.MANAGE_TOKENS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The list and the form. A new token is in the answer to the form and nowhere else."""
    form = TokenForm(request.POST if request.method == "POST" else None, role=request.membership.role)
    secret, created = "", None
    if request.method == "POST" and form.is_valid():
        now = datetime.now(UTC)
        try:
            created, secret = create_token(
                actor=request.actor,
                membership=request.membership,
                name=form.cleaned_data["name"],
                rights=[Right(each) for each in form.cleaned_data["rights"]],
                expires_at=now + form.lifetime,
                now=now,
            )
        except ValidationError as error:
            refused_fields(form, error.message_dict)
        else:
            form = TokenForm(role=request.membership.role)
    listed = selectors.tokens(now=datetime.now(UTC), of=_whose(request.membership))
    context = {
        "form": form,
        "tokens": [(each, [RIGHT_NAMES.get(right, right) for right in each.token.rights]) for each in listed],
        "secret": secret,
        "created": created,
        "tabs": settings_tabs(request, "tokens"),
        "crumbs": crumbs(request, ("API tokens", "")),
    }
    return render(request, "members/token_list.html", context, status=422 if form.errors else 200)


@page(Right.MANAGE_TOKENS)
@require_POST
def revoke(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    """End a token."""
    found = selectors.token(token_id)
    whose = _whose(request.membership)
    if found is None or (whose is not None and found.membership_id != whose.pk):
        raise Http404("There is no such token.")
    revoke_token(actor=request.actor, token=found, now=datetime.now(UTC))
    success(request, f"The token “{found.name}” is revoked.")
    return redirect("tokens", request.organization.slug)
