"""Removing a member, or leaving: who takes over what is theirs."""

import uuid

from django.contrib.messages import success
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from compliance.members.gates.page import page
from compliance.members.models import Membership
from compliance.members.refusals import LastAdmin
from compliance.members.roles import RIGHTS, Right, Role, allows
from compliance.members.selectors import members as selectors
from compliance.operate.handover import NotATaker, owned_by, remove_and_hand_over

NOBODY = "nobody"


@page(None)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Admins remove anybody, everybody may leave; the last admin stays."""
    found = selectors.member(membership_id)
    own = found is not None and found.membership.pk == request.membership.pk
    manages = allows(request.membership.role, Right.MANAGE_MEMBERS)
    if not own and not manages:
        raise PermissionDenied("Only an admin removes members.")
    if found is None:
        raise Http404("There is no such member.")
    owned, takers, refusal = owned_by(found.membership), _takers(found.membership), ""
    if request.method == "POST":
        try:
            taker = _chosen(request.POST.get("to", ""), takers, needed=bool(owned))
            remove_and_hand_over(actor=request.actor, membership=found.membership, to=taker)
        except (LastAdmin, NotATaker) as error:
            refusal = str(error)
        else:
            success(request, f"You have left {request.organization.name}." if own else f"{found.name} is removed.")
            return redirect("/") if own else redirect("members", request.organization.slug)
    context = {
        "member": found,
        "own": own,
        "owned": owned,
        "takers": takers,
        "refusal": refusal,
        "chosen": request.POST.get("to", ""),
        "only_admin": found.membership.role == Role.ADMIN and not selectors.admins_besides(found.membership),
        "crumbs": [("Members", f"/{request.organization.slug}/settings/members/"), (found.name, "../"), ("Leave" if own else "Remove", "")],
    }
    return render(request, "operate/member_remove.html", context, status=422 if refusal else 200)


def _takers(leaving: Membership) -> list[selectors.Member]:
    """Members whose role lets them act on what they own."""
    return [
        each
        for each in selectors.members()
        if each.membership.pk != leaving.pk and Right.ACT_ON_CONTROLS in RIGHTS[Role(each.membership.role)]
    ]


def _chosen(text: str, takers: list[selectors.Member], *, needed: bool) -> Membership | None:
    if text == NOBODY or not needed:
        return None
    for each in takers:
        if str(each.membership.pk) == text:
            return each.membership
    raise NotATaker("Choose who takes over, or that nobody does for now.")
