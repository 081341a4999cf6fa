"""Signing in at a vendor: away to its page with a state (and a code challenge where the vendor takes one), and back with a code."""

import hmac
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from integrations.bell import ring
from integrations.errors import Fault
from integrations.models import Connection
from integrations.registry import load_grant
from integrations.services.connections import accept_grant
from integrations.services.credentials import reveal_secrets
from integrations.transport.grants import Grant, challenge_of, new_state

BEGUN = "sign_ins"  # in the session: state -> connection, verifier, when
PATIENCE = timedelta(minutes=10)
MOST_BEGUN = 5
LONGEST_CODE = 4096


def redirect_uri(request: HttpRequest) -> str:
    """Where the vendor sends people back to; it has to be entered at the vendor's app as it stands here."""
    path = reverse("connection_authorized", args=[request.organization.slug])  # type: ignore[attr-defined]
    return f"{settings.CONFIGURATION.public_url.rstrip('/')}{path}"


@require_GET
@never_cache
@page(Right.MANAGE_CONNECTIONS)
def authorize(request: HttpRequest, connection_id: Any) -> HttpResponse:
    """Send the browser to the vendor's own page. The state is kept in the session, so that only this browser can come back with it."""
    connection, grant = _found(connection_id)
    state, verifier = new_state(), new_state() if grant.PKCE else ""
    challenge = challenge_of(verifier) if verifier else ""
    try:
        url = grant.authorize_url(connection.settings, redirect_uri=redirect_uri(request), state=state, challenge=challenge)
    except Fault as fault:
        return _refused(request, connection, fault.detail)
    begun = dict(list(request.session.get(BEGUN, {}).items())[-(MOST_BEGUN - 1) :])
    request.session[BEGUN] = {**begun, state: [str(connection.pk), verifier, now().isoformat()]}
    return redirect(url)


@require_GET
@never_cache
@page(Right.MANAGE_CONNECTIONS)
def authorized(request: HttpRequest) -> HttpResponse:
    """Back from the vendor: the state must be one that this browser began; its code becomes tokens, which are kept encrypted."""
    begun = _taken(request, request.GET.get("state", ""))
    if begun is None:
        said = "This sign-in was not begun here, or it took too long. Begin it again on the connection's page."
        return HttpResponse(said, status=403, content_type="text/plain; charset=utf-8")
    connection, grant = _found(begun[0])
    code = request.GET.get("code", "")
    if not code or len(code) > LONGEST_CODE:
        said = request.GET.get("error_description", "") or request.GET.get("error", "") or "it sent no code"
        return _refused(request, connection, f"The vendor did not let us in: {said[:300]}")
    try:
        granted = grant.accept(
            connection.settings, reveal_secrets(connection), code=code, redirect_uri=redirect_uri(request), verifier=begun[1],
            allow=settings.CONFIGURATION.outgoing_allow, now=now(),
        )  # fmt: skip
        accept_grant(actor=request.actor, connection=connection, granted=granted, now=now())  # type: ignore[attr-defined]
    except Fault as fault:
        return _refused(request, connection, fault.detail)
    except ValidationError as error:
        return _refused(request, connection, " ".join(error.messages))
    organization_id, own_id = str(request.organization.pk), str(connection.pk)  # type: ignore[attr-defined]
    transaction.on_commit(lambda: ring("compliance.probe_connection", organization_id, own_id))
    return redirect("connection", slug=request.organization.slug, connection_id=connection.pk)  # type: ignore[attr-defined]


def _taken(request: HttpRequest, state: str) -> tuple[str, str] | None:
    """Connection and verifier of a state that was begun here and is not old; it is good once."""
    begun = request.session.get(BEGUN, {})
    known = next((each for each in begun if hmac.compare_digest(each.encode(), state.encode())), None)
    if known is None:
        return None
    connection_id, verifier, at = begun[known]
    request.session[BEGUN] = {each: held for each, held in begun.items() if each != known}
    return (connection_id, verifier) if now() - datetime.fromisoformat(at) <= PATIENCE else None


def _found(connection_id: Any) -> tuple[Connection, Grant]:
    connection = Connection.objects.filter(pk=connection_id).exclude(state="deleted").first()
    grant = load_grant(connection.vendor) if connection is not None else None
    if connection is None or grant is None:
        raise Http404("There is no such connection, or nobody signs in at its vendor.")
    return connection, grant


def _refused(request: HttpRequest, connection: Connection, said: str) -> HttpResponse:
    slug = request.organization.slug  # type: ignore[attr-defined]
    crumbs = [
        ("Connections", reverse("connections", args=[slug])),
        (connection.name, reverse("connection", args=[slug, connection.pk])),
        ("Sign in", ""),
    ]
    return TemplateResponse(request, "integrations/sign_in.html", {"crumbs": crumbs, "connection": connection, "said": said}, status=422)
