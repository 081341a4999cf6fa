"""Who is in the organization: list, invite, role."""

import uuid
from datetime import UTC, datetime

from django.contrib.messages import error as say_error
from django.contrib.messages import success
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from compliance.members.forms.members import ROLE_NAMES, InviteForm, RoleForm
from compliance.members.gates.page import page
from compliance.members.models import Invitation
from compliance.members.refusals import NotMailed, Refused
from compliance.members.roles import Right, Role, allows
from compliance.members.selectors import members as selectors
from compliance.members.selectors.trail import TrailFilter, trail_page
from compliance.members.services import invitations
from compliance.members.services.memberships import change_role
from compliance.members.views.sentences import sentence
from compliance.members.views.settings_tabs import crumbs, settings_tabs


@page(Right.SEE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest) -> HttpResponse:
    """The list; whoever manages members invites from it."""
    manages = allows(request.membership.role, Right.MANAGE_MEMBERS)
    form = InviteForm(request.POST or None) if manages else None
    if request.method == "POST":
        if form is None:
            return render(request, "errors/403.html", status=403)
        if form.is_valid() and _invited(request, form):
            return redirect("members", request.organization.slug)
    now = datetime.now(UTC)
    waiting = selectors.open_invitations() if manages else []
    context = {
        "form": form,
        "members": [(each, ROLE_NAMES[Role(each.membership.role)]) for each in selectors.members()],
        "waiting": [(each, ROLE_NAMES[Role(each.role)], not each.is_open(now)) for each in waiting],
        "manages": manages,
        "role_names": [(role.value, name) for role, name in ROLE_NAMES.items()],
        "tabs": settings_tabs(request, "members"),
        "crumbs": crumbs(request, ("Members", "")),
    }
    return render(request, "members/member_list.html", context, status=422 if form is not None and form.errors else 200)


def _invited(request: HttpRequest, form: InviteForm) -> bool:
    email = form.cleaned_data["email"]
    try:
        invitations.invite(actor=request.actor, email=email, role=form.cleaned_data["role"], now=datetime.now(UTC))
    except NotMailed as refusal:
        say_error(request, str(refusal))
        return True
    except (Refused, ValidationError) as refusal:
        form.add_error("email", refusal.messages if isinstance(refusal, ValidationError) else str(refusal))
        return False
    success(request, f"Invitation sent to {email}.")
    return True


@page(Right.SEE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """One member: facts, role, what was done about them lately."""
    found = selectors.member(membership_id)
    if found is None:
        raise Http404("There is no such member.")
    manages = allows(request.membership.role, Right.MANAGE_MEMBERS)
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": found.membership.role})
    if request.method == "POST":
        if not manages:
            return render(request, "errors/403.html", status=403)
        if form.is_valid() and _role_changed(request, found, form):
            return redirect("members", request.organization.slug)
    own = found.membership.pk == request.membership.pk
    context = {
        "member": found,
        "role": ROLE_NAMES[Role(found.membership.role)],
        "form": form,
        "manages": manages,
        "own": own,
        "may_remove": manages or own,
        "only_admin": found.membership.role == Role.ADMIN and not selectors.admins_besides(found.membership),
        "history": _history(request, found) if allows(request.membership.role, Right.SEE_TRAIL) else [],
        "crumbs": crumbs(request, ("Members", f"/{request.organization.slug}/settings/members/"), (found.name, "")),
    }
    return render(request, "members/member_detail.html", context, status=422 if form.errors else 200)


def _role_changed(request: HttpRequest, found: selectors.Member, form: RoleForm) -> bool:
    try:
        change_role(actor=request.actor, membership=found.membership, role=form.cleaned_data["role"])
    except Refused as refusal:
        form.add_error("role", str(refusal))
        return False
    success(request, f"{found.name} is now {ROLE_NAMES[form.cleaned_data['role']].lower()}.")
    return True


def _history(request: HttpRequest, found: selectors.Member) -> list[dict[str, object]]:
    entries = trail_page(
        TrailFilter(zone=request.organization.zone, who=found.membership.user.name or found.membership.user.email), size=10
    ).entries
    return [{"text": sentence(each), "who": each.actor_name, "when": each.at} for each in entries]


@page(Right.MANAGE_MEMBERS)
@require_POST
def resend(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Mail a new link."""
    found = _invitation(invitation_id)
    try:
        invitations.resend(actor=request.actor, invitation=found, now=datetime.now(UTC))
    except Refused as refusal:
        say_error(request, str(refusal))
    else:
        success(request, f"A new link was sent to {found.email}; the old one no longer works.")
    return redirect("members", request.organization.slug)


@page(Right.MANAGE_MEMBERS)
@require_POST
def revoke(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Close the door."""
    found = _invitation(invitation_id)
    try:
        invitations.revoke(actor=request.actor, invitation=found, now=datetime.now(UTC))
    except Refused as refusal:
        say_error(request, str(refusal))
    else:
        success(request, f"The invitation of {found.email} is revoked.")
    return redirect("members", request.organization.slug)


def _invitation(invitation_id: uuid.UUID) -> Invitation:
    found = selectors.invitation(invitation_id)
    if found is None:
        raise Http404("There is no such invitation.")
    return found
