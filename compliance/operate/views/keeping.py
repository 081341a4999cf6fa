"""Settings, Keeping: retention, legal holds, deletions by two people."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.messages import error as say_error
from django.contrib.messages import success
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.members.views.settings_tabs import crumbs, settings_tabs
from compliance.operate.forms.keeping import EVERYTHING, DecisionForm, ExpiryForm, HoldForm, RetentionForm
from compliance.operate.keeping.asking import ask_for_erasure, ask_for_expiry, carry_out
from compliance.operate.keeping.targets import RULED, expired_targets, years_kept
from compliance.tenancy.clock import now
from compliance.vault.selectors.deletion import (
    hold_by_id,
    holds,
    holds_over,
    request_by_id,
    requests_latest,
    retention_rules,
    standing,
    steps_of,
)
from compliance.vault.services.deletion import NotAllowed, decide_deletion, withdraw_deletion
from compliance.vault.services.keeping import WrongKeeping, lift_hold, place_hold, set_retention
from evidence.selectors.keeping import subjects_matching

MOST_FOUND = 50
SHORTEST_SEARCH = 2
WORDS = {
    "asked": "Waits for a second person", "approved": "Approved, not done yet", "refused": "Refused", "withdrawn": "Withdrawn",
    "executed": "Deleted",
}  # fmt: skip
KINDS = {
    "record": "observations", "blob": "raw responses or files", "statement": "statements of the log", "subject": "accounts or records of a person",
    "item_version": "versions of library items",
}  # fmt: skip


@page(Right.MANAGE_CONTROLS)
@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request: HttpRequest) -> HttpResponse:
    """All of it on one page; `form` says which form was sent."""
    sent = request.POST.get("form", "") if request.method == "POST" else ""
    rule = RetentionForm(request.POST if sent == "rule" else None, initial={"years": 7})
    hold = HoldForm(request.POST if sent == "hold" else None)
    expiry = ExpiryForm(request.POST if sent == "expiry" else None)
    doing: dict[str, tuple[forms.Form, Callable[[HttpRequest, Any], str], Right]] = {
        "rule": (rule, _rule, Right.MANAGE_ORGANIZATION),
        "hold": (hold, _hold, Right.MANAGE_ORGANIZATION),
        "expiry": (expiry, _expiry, Right.MANAGE_CONTROLS),
    }
    if sent in doing:
        form, do, right = doing[sent]
        if form.is_valid() and _done(request, form, do, right):
            return redirect("keeping", request.organization.slug)
    wrong = rule.errors or hold.errors or expiry.errors or (request.method == "POST" and sent not in doing)
    context = _shown(request) | {"rule": rule, "hold": hold, "expiry": expiry}
    return render(request, "operate/keeping.html", context, status=422 if wrong else 200)


@require_POST
@page(Right.MANAGE_ORGANIZATION)
def hold_lift(request: HttpRequest, hold_id: uuid.UUID) -> HttpResponse:
    """End a hold."""
    found = hold_by_id(hold_id)
    if found is None:
        raise Http404("There is no such hold.")
    try:
        lift_hold(actor=request.actor, hold=found, reason=request.POST.get("reason", ""), now=now())
    except WrongKeeping as error:
        say_error(request, str(error))
    else:
        success(request, f"“{found.name}” is lifted.")
    return redirect("keeping", request.organization.slug)


@page(Right.MANAGE_CONTROLS)
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: HttpRequest) -> HttpResponse:
    """Find a person as the systems know them, choose, and ask that their data goes."""
    asked, refusal = request.GET.get("q", "").strip(), ""
    if request.method == "POST":
        chosen = [uuid.UUID(each) for each in request.POST.getlist("pick") if _is_uuid(each)]
        try:
            made = ask_for_erasure(actor=request.actor, subjects=chosen, reason=request.POST.get("reason", ""), now=now())
        except (WrongKeeping, NotAllowed) as error:
            refusal = str(error)
        else:
            success(request, "Asked. A second person decides.")
            return redirect("deletion", request.organization.slug, made.pk)
    context = {
        "q": asked,
        "found": subjects_matching(asked, MOST_FOUND) if len(asked) >= SHORTEST_SEARCH else [],
        "refusal": refusal,
        "reason": request.POST.get("reason", ""),
        "tabs": settings_tabs(request, "keeping"),
        "crumbs": crumbs(request, ("Keeping", reverse("keeping", args=[request.organization.slug])), ("Erase a person", "")),
    }
    return render(request, "operate/erasure.html", context, status=422 if refusal else 200)


@page(Right.MANAGE_CONTROLS)
@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: HttpRequest, deletion_id: uuid.UUID) -> HttpResponse:
    """One request: what would go, who asked, and the second person's word. `do` is approve, refuse, withdraw or execute."""
    found = request_by_id(deletion_id)
    if found is None:
        raise Http404("There is no such request.")
    form = DecisionForm(request.POST if request.POST.get("do") in ("approve", "refuse") else None)
    refusal = ""
    if request.method == "POST":
        refusal = _decided(request, found, form)
        if not refusal and not form.errors:
            return redirect("deletion", request.organization.slug, found.pk)
    steps = steps_of([found.pk]).get(found.pk, [])
    state = standing(steps)
    context = {
        "asked": found,
        "steps": [(WORDS[each.step], each) for each in steps],
        "state": state,
        "word": WORDS[state],
        "counts": [(KINDS.get(kind, kind), number) for kind, number in sorted(found.counts.items())],
        "held": holds_over(found.pk) if state in ("asked", "approved") else [],
        "own": found.requested_by_id == request.user.pk,
        "may_decide": allows(request.membership.role, Right.MANAGE_ORGANIZATION),
        "form": form,
        "refusal": refusal,
        "tabs": settings_tabs(request, "keeping"),
        "crumbs": crumbs(request, ("Keeping", reverse("keeping", args=[request.organization.slug])), (found.title, "")),
    }
    return render(request, "operate/deletion.html", context, status=422 if refusal or form.errors else 200)


def _decided(request: HttpRequest, found: Any, form: DecisionForm) -> str:
    """Do what was sent; what stands against it in words, or empty."""
    do = request.POST.get("do", "")
    if do in ("approve", "refuse") and not form.is_valid():
        return ""
    try:
        if do == "withdraw":
            withdraw_deletion(actor=request.actor, request=found, now=now())
        elif do in ("approve", "refuse", "execute") and not allows(request.membership.role, Right.MANAGE_ORGANIZATION):
            return "Only an admin decides on deletions."
        elif do in ("approve", "refuse"):
            decide_deletion(actor=request.actor, request=found, approve=do == "approve", note=form.cleaned_data["note"], now=now())
        elif do == "execute":
            carry_out(actor=request.actor, request=found, now=now())
            success(request, "Deleted. The log stays verifiable, and says what went.")
        else:
            return "Choose what to do."
    except (NotAllowed, WrongKeeping) as error:
        return str(error)
    return ""


def _done(request: HttpRequest, form: forms.Form, do: Callable[[HttpRequest, Any], str], right: Right) -> bool:
    if not allows(request.membership.role, right):
        form.add_error(None, "Only an admin changes this.")
        return False
    try:
        said = do(request, form)
    except (WrongKeeping, NotAllowed) as error:
        form.add_error(None, str(error))
        return False
    success(request, said)
    return True


def _rule(request: HttpRequest, form: RetentionForm) -> str:
    told = form.cleaned_data
    set_retention(actor=request.actor, kind=told["kind"], years=told["years"], reason=told["rule_reason"], now=now())
    return "Kept."


def _hold(request: HttpRequest, form: HoldForm) -> str:
    about, name = form.covers()
    told = form.cleaned_data
    place_hold(actor=request.actor, name=told["name"], reason=told["hold_reason"], now=now(), about_id=about, about_name=name)
    return "The hold stands."


def _expiry(request: HttpRequest, form: ExpiryForm) -> str:
    ask_for_expiry(actor=request.actor, organization=request.organization, reason=form.cleaned_data["expiry_reason"], now=now())
    return "Asked. A second person decides."


def _shown(request: HttpRequest) -> dict[str, Any]:
    asked = requests_latest()
    steps = steps_of([each.pk for each in asked])
    states = [(each, standing(steps.get(each.pk, ()))) for each in asked]
    return {
        "rules": [(RULED.get(each.kind, EVERYTHING), each) for each in retention_rules() if each.about_id is None],
        "kept": [(name, years_kept(kind)) for kind, name in RULED.items()],
        "standing_holds": holds(standing=True),
        "lifted_holds": holds(standing=False),
        "requests": [(each, WORDS[state], state) for each, state in states],
        "expired": len(expired_targets(request.organization, now())),
        "may_rule": allows(request.membership.role, Right.MANAGE_ORGANIZATION),
        "tabs": settings_tabs(request, "keeping"),
        "crumbs": crumbs(request, ("Keeping", "")),
    }


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
