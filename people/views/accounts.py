"""The queue of accounts that somebody has to decide about, decisions and their undoing, systems the company does not have."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.tenancy.clock import now
from people.bell import ring_for_pairing
from people.matching import RULES
from people.models import Account, Person
from people.selectors.accounts import (
    SHOWS,
    AccountFilter,
    account_counts,
    accounts,
    accounts_by_id,
    decision_by_id,
    open_decisions,
    systems_seen,
    unused_systems,
)
from people.selectors.persons import person_named, persons_by_key
from people.services.decisions import Wish, decide, declare_unused, declare_used, end_decision
from people.systems import CATEGORIES, CATEGORY_NAMES, DECLARABLE
from people.views.asking import csv_answer, end_of_day_asked, ids_asked, instant_text, page_asked
from people.views.persons import tabs

SHOW_NAMES = {
    "undecided": "To decide", "conflict": "Several fit", "unknown": "Nobody known", "person": "People's", "service": "Service",
    "shared": "Shared", "external": "External", "break_glass": "Break-glass", "ignored": "Left out", "all": "All",
}  # fmt: skip
KINDS = (
    ("person", "It is this person's"), ("service", "Service account"), ("shared", "Shared account"), ("external", "External person"),
    ("break_glass", "Break-glass account"), ("ignored", "Leave it out"),
)  # fmt: skip
GUESSES = (("svc-", "service"), ("svc_", "service"), ("bot-", "service"), ("break", "break-glass"), ("shared", "shared"))
CSV_HEAD = (
    "system", "kind", "login", "email", "enabled", "second_factor", "privileged", "last_use", "holder", "holder_since_utc", "person",
    "employee_number", "rule", "explanation", "owner", "expires_utc",
)  # fmt: skip


@require_GET
@page(Right.SEE_PROGRAMME)
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts of all systems, those to decide first."""
    return _page(request, {}, 200)


@require_GET
@page(Right.EXPORT)
def account_list_csv(request: HttpRequest) -> HttpResponse:
    """The filtered list as CSV, with decisions."""
    wanted = _wanted(request)

    def rows() -> Iterator[Sequence[object]]:
        found = list(accounts(wanted).order_by("system", "login", "id"))
        decided = open_decisions([each.pk for each in found])
        for each in found:
            decision = decided.get(each.pk)
            yield (
                each.system, each.kind, each.login, each.email, each.enabled, each.mfa, each.privileged, each.last_use, each.holder,
                instant_text(each.holder_since), each.person.name if each.person else "", each.person.employee_number if each.person else "",
                each.rule, each.explanation, decision.owner.name if decision and decision.owner else "",
                instant_text(decision.expires_at) if decision else "",
            )  # fmt: skip

    return csv_answer(request, f"accounts-{now():%Y-%m-%d}", CSV_HEAD, rows)


@require_POST
@page(Right.MANAGE_CONTROLS)
def account_decide(request: HttpRequest) -> HttpResponse:
    """Decide about the ticked accounts in one step."""
    picked = accounts_by_id(ids_asked(request, "pick"))
    try:
        wish = _wish(request)
        decide(actor=request.actor, accounts=picked, wish=wish, now=now())
    except ValidationError as error:
        return _page(request, _errors(error), 422)
    ring_for_pairing(request.organization.pk)
    said = dict(KINDS)[wish.kind].lower() if wish.kind != "person" else f"{wish.person}'s"
    messages.success(request, f"{picked[0] if len(picked) == 1 else f'{len(picked)} accounts'}: {said}. Checks follow in a moment.")
    return redirect(_back(request))


@require_POST
@page(Right.MANAGE_CONTROLS)
def decision_end(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """Undo a decision: the rules speak again."""
    decision = decision_by_id(decision_id)
    if decision is None:
        raise Http404("There is no such decision.")
    try:
        end_decision(actor=request.actor, decision=decision, reason=request.POST.get("reason", "")[:400], now=now())
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
    ring_for_pairing(request.organization.pk)
    messages.success(request, f"{decision.account}: the decision is undone; the rules are asked again.")
    return redirect(_back(request))


@require_POST
@page(Right.MANAGE_CONTROLS)
def system_declare(request: HttpRequest) -> HttpResponse:
    """Say that the company has, or has not, a category of system."""
    category = request.POST.get("category", "")
    try:
        if request.POST.get("used") == "1" and category in CATEGORIES:
            declare_used(actor=request.actor, category=category, now=now())
        else:
            reason = request.POST.get("reason", "").replace("\x00", "")
            declare_unused(actor=request.actor, category=category, reason=reason, now=now())
    except ValidationError as error:
        return _page(request, {}, 422, systems_errors=_errors(error))
    ring_for_pairing(request.organization.pk)
    waits = "Joins wait until one is read." if request.POST.get("used") == "1" else "Joins no longer wait for one."
    messages.success(request, f"{CATEGORY_NAMES[category].capitalize()}: noted. {waits}")
    return redirect(f"{_back(request)}#unused")


def _page(request: HttpRequest, errors: dict[str, str], status: int, *, systems_errors: dict[str, str] | None = None) -> HttpResponse:
    wanted = _wanted(request)
    counts = account_counts()
    rows = accounts(wanted)
    shown, paging = page_asked(request, rows, ["login", "id"], rows.count())
    decided = open_decisions([each.pk for each in shown])
    candidates = persons_by_key([key for each in shown for key in each.candidates])
    manages = allows(request.membership.role, Right.MANAGE_CONTROLS)
    unused = unused_systems()
    context = {
        "crumbs": [("People", reverse("people", args=[request.organization.slug])), ("Accounts", "")],
        "counts": counts,
        "rows": [_row(each, decided.get(each.pk), candidates) for each in shown],
        "page": paging,
        "chips": _chips(request, wanted, counts),
        "query": wanted.words,
        "filters": {"show": wanted.show, "system": wanted.system},
        "systems": systems_seen(),
        "tabs": tabs(request, "people_accounts"),
        "kinds": KINDS,
        "errors": errors,
        "typed": {} if systems_errors else request.POST,
        "unused": [{"category": key, "name": CATEGORY_NAMES[key], "row": row} for key, row in sorted(unused.items())],
        "declarable": [(key, CATEGORY_NAMES[key]) for key in DECLARABLE if key not in unused],
        "systems_errors": systems_errors or {},
        "systems_typed": request.POST if systems_errors else {},
        "picked": set(request.POST.getlist("pick")),
        "may_decide": manages,
        "may_export": allows(request.membership.role, Right.EXPORT),
        "may_connect": allows(request.membership.role, Right.MANAGE_CONNECTIONS),
    }
    return TemplateResponse(request, "people/account_list.html", context, status=status)


def _wanted(request: HttpRequest) -> AccountFilter:
    show = request.GET.get("show") or request.POST.get("show") or "undecided"
    return AccountFilter(
        show=show if show in SHOWS else "undecided", words=request.GET.get("q", "").replace("\x00", "")[:100],
        system=request.GET.get("system", "").replace("\x00", ""),
    )  # fmt: skip


def _wish(request: HttpRequest) -> Wish:
    said = request.POST.get("person", "").replace("\x00", "")
    owner = request.POST.get("owner", "").replace("\x00", "")
    kind = request.POST.get("kind", "")
    return Wish(
        kind=kind, reason=request.POST.get("reason", "").replace("\x00", "").strip(), person=person_named(said) if kind == "person" else None,
        owner=person_named(owner) if owner and kind != "person" else None, kept_in=request.POST.get("kept_in", "").replace("\x00", ""),
        expires_at=end_of_day_asked(request, "expires"),
    )  # fmt: skip


def _errors(error: ValidationError) -> dict[str, str]:
    if hasattr(error, "error_dict"):
        return {name: " ".join(said) for name, said in error.message_dict.items()}
    return {"": " ".join(error.messages)}


def _back(request: HttpRequest) -> str:
    base = reverse("people_accounts", args=[request.organization.slug])
    show = request.POST.get("show", "")
    return f"{base}?show={show}" if show in SHOWS else base


def _chips(request: HttpRequest, wanted: AccountFilter, counts: dict[str, int]) -> list[dict[str, Any]]:
    base = reverse("people_accounts", args=[request.organization.slug])
    return [
        {"name": name, "url": f"{base}?show={show}", "count": counts[show], "current": show == wanted.show}
        for show, name in SHOW_NAMES.items()
        if counts[show] or show in ("undecided", "all", wanted.show)
    ]


def _row(account: Account, decision: Any, candidates: dict[str, Person]) -> dict[str, Any]:
    return {
        "account": account,
        "holder": SHOW_NAMES[account.holder],
        "rule": RULES.get(account.rule, account.rule),
        "decision": decision,
        "candidates": [candidates[key] for key in account.candidates if key in candidates],
        "guess": next((kind for start, kind in GUESSES if account.login.casefold().startswith(start)), ""),
    }
