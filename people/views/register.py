"""The register of privileged access beside what the systems show, both ways."""

import uuid
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
from people.models import Account, RegisterEntry
from people.selectors.accounts import account_by_id, entry_by_id, privileged_accounts, register_entries, systems_seen
from people.selectors.persons import person_named
from people.services.register import end_entry, enter_privilege
from people.views.asking import end_of_day_asked
from people.views.persons import tabs


@require_GET
@page(Right.SEE_PROGRAMME)
def register_page(request: HttpRequest) -> HttpResponse:
    """Who administrates what, who approved it, and where the two differ."""
    return _page(request, {}, 200)


@require_POST
@page(Right.MANAGE_CONTROLS)
def register_enter(request: HttpRequest) -> HttpResponse:
    """Enter an approved privilege."""
    said = {name: value.replace("\x00", "") for name, value in request.POST.items()}
    account = _account(said.get("account", ""))
    try:
        enter_privilege(
            actor=request.actor, person=None if account else person_named(said.get("person", "")), account=account,
            system=account.system if account else said.get("system", ""), role=said.get("role", ""), approver=said.get("approver", ""),
            reason=said.get("reason", ""), expires_at=end_of_day_asked(request, "expires"), now=now(),
        )  # fmt: skip
    except ValidationError as error:
        told = (
            {name: " ".join(words) for name, words in error.message_dict.items()}
            if hasattr(error, "error_dict")
            else {"": " ".join(error.messages)}
        )
        return _page(request, told, 422)
    ring_for_pairing(request.organization.pk)
    messages.success(request, "Entered. Checks follow in a moment.")
    return redirect("people_privileged", slug=request.organization.slug)


@require_POST
@page(Right.MANAGE_CONTROLS)
def register_end(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    """End an entry."""
    entry = entry_by_id(entry_id)
    if entry is None:
        raise Http404("There is no such entry.")
    try:
        end_entry(actor=request.actor, entry=entry, reason=request.POST.get("reason", "")[:400], now=now())
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
    ring_for_pairing(request.organization.pk)
    messages.success(request, "The entry is ended.")
    return redirect("people_privileged", slug=request.organization.slug)


def compared(held: list[Account], entries: list[RegisterEntry]) -> tuple[list[dict[str, Any]], list[RegisterEntry]]:
    """(each privileged account with its entry, entries that no account stands behind)."""
    of_account = {each.account_id: each for each in entries if each.account_id}
    of_person = {(each.person_id, each.system): each for each in entries if each.person_id}
    used: set[uuid.UUID] = set()
    rows = []
    for account in held:
        entry = of_account.get(account.pk) or (of_person.get((account.person_id, account.system)) if account.person_id else None)
        if entry is not None:
            used.add(entry.pk)
        rows.append({"account": account, "entry": entry})
    rows.sort(key=lambda row: row["entry"] is not None)
    return rows, [each for each in entries if each.pk not in used]


def _page(request: HttpRequest, errors: dict[str, str], status: int) -> HttpResponse:
    at = now()
    entries = register_entries()
    rows, unheld = compared(privileged_accounts(), entries)
    context = {
        "crumbs": [("People", reverse("people", args=[request.organization.slug])), ("Privileged access", "")],
        "rows": rows,
        "unheld": unheld,
        "entries": len(entries),
        "unapproved": sum(1 for each in rows if each["entry"] is None),
        "expired": sum(1 for each in entries if each.expires_at is not None and each.expires_at <= at),
        "at_now": at,
        "systems": systems_seen(),
        "tabs": tabs(request, "people_privileged"),
        "errors": errors,
        "typed": request.POST,
        "may_decide": allows(request.membership.role, Right.MANAGE_CONTROLS),
    }
    return TemplateResponse(request, "people/register.html", context, status=status)


def _account(text: str) -> Account | None:
    try:
        return account_by_id(uuid.UUID(text)) if text else None
    except ValueError:
        return None
