"""The page behind the link in an invitation: reached by anybody who holds the link."""

from datetime import UTC, datetime

from django.contrib.auth import login
from django.contrib.messages import success
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from compliance.members.forms.members import ROLE_NAMES, NewAccountForm, OperatorForm, refused_fields
from compliance.members.gates.attempts import too_many
from compliance.members.models import User
from compliance.members.refusals import Refused
from compliance.members.roles import Role
from compliance.members.selectors.accounts import has_account
from compliance.members.selectors.doors import InvitedTo, invitation_by_text
from compliance.members.services.invitations import accept_as, accept_as_new
from compliance.members.services.operators import open_operator_link, use_operator_link

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, text: str) -> HttpResponse:
    """Join: as who is signed in, by signing in first, or with a new account."""
    if too_many(request, "invitation"):
        return render(request, "members/invitation_closed.html", {"pause": True}, status=429)
    now = datetime.now(UTC)
    door = invitation_by_text(text)
    if door is None or not door.invitation.is_open(now):
        return render(request, "members/invitation_closed.html", status=404)
    known = has_account(door.invitation.email)
    if request.user.is_authenticated:
        return _as_signed_in(request, door, now)
    if known:
        sign_in = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
        return render(request, "members/invitation_sign_in.html", _told(door) | {"sign_in": sign_in})
    return _as_new(request, door, now)


def _as_signed_in(request: HttpRequest, door: InvitedTo, now: datetime) -> HttpResponse:
    if request.user.email.lower() != door.invitation.email.lower():
        return render(request, "members/invitation_other.html", _told(door), status=403)
    if request.method != "POST":
        return render(request, "members/invitation_join.html", _told(door))
    try:
        accept_as(organization=door.organization.pk, invitation=door.invitation.pk, user=request.user, now=now)
    except Refused as refusal:
        return render(request, "members/invitation_closed.html", {"refusal": refusal}, status=409)
    return _welcome(request, door)


def _as_new(request: HttpRequest, door: InvitedTo, now: datetime) -> HttpResponse:
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = accept_as_new(organization=door.organization.pk, invitation=door.invitation.pk, now=now, **form.cleaned_data)
        except ValidationError as error:
            refused_fields(form, error.message_dict)
        except Refused as refusal:
            return render(request, "members/invitation_closed.html", {"refusal": refusal}, status=409)
        else:
            return _signed_in(request, user, _welcome(request, door))
    return render(request, "members/invitation_accept.html", _told(door) | {"form": form}, status=422 if form.errors else 200)


def _told(door: InvitedTo) -> dict[str, object]:
    return {"to": door.organization, "invitation": door.invitation, "role": ROLE_NAMES[Role(door.invitation.role)]}


def _welcome(request: HttpRequest, door: InvitedTo) -> HttpResponseRedirect:
    success(request, f"Welcome to {door.organization.name}.")
    return HttpResponseRedirect(f"/{door.organization.slug}/")


def _signed_in(request: HttpRequest, user: User, response: HttpResponse) -> HttpResponse:
    login(request, user, backend=BACKEND)
    return response


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def operator_link(request: HttpRequest, text: str) -> HttpResponse:
    """The first operator makes the own account, once."""
    if too_many(request, "invitation"):
        return render(request, "members/invitation_closed.html", {"pause": True}, status=429)
    now = datetime.now(UTC)
    try:
        open_operator_link(text, now=now)
    except Refused:
        return render(request, "members/operator_link_closed.html", status=404)
    form = OperatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = use_operator_link(text, now=now, **form.cleaned_data)
        except ValidationError as error:
            refused_fields(form, error.message_dict)
        except Refused:
            return render(request, "members/operator_link_closed.html", status=404)
        else:
            return _signed_in(request, user, redirect("new_organization"))
    return render(request, "members/operator_link.html", {"form": form}, status=422 if form.errors else 200)
