"""The doors for vendors' events. They open for nobody but the holder of a connection's secret and only ever make a look due."""

import logging
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from compliance.members.gates.attempts import too_many
from integrations.services.hooks import HookRefused, receive

LARGEST = 5 * 1024 * 1024  # bytes; vendors send a few kB
PER_MINUTE = 300
log = logging.getLogger(__name__)


@csrf_exempt  # vendors hold no cookie; the signature or the token proves who sends
@require_POST
def github_hook(request: HttpRequest, connection_id: Any) -> HttpResponse:
    """A delivery of a GitHub webhook, signed with the connection's webhook secret."""
    return _hook(request, "github", connection_id)


@csrf_exempt
@require_POST
def aws_hook(request: HttpRequest, connection_id: Any) -> HttpResponse:
    """An event of an EventBridge API destination, with the connection's token in `X-Plumbline-Token`."""
    return _hook(request, "aws", connection_id)


def _hook(request: HttpRequest, vendor: str, connection_id: Any) -> HttpResponse:
    if too_many(request, f"hook:{connection_id}", PER_MINUTE):
        return _said("Too many events; what they name is read at the next regular run.", 429, {"Retry-After": "60"})
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return _said("The event is too large.", 413)
    try:
        due = receive(vendor, connection_id, request.headers, body, datetime.now(UTC))
    except HookRefused as refused:
        log.info("an event for %s connection %s was refused: %s", vendor, connection_id, refused)
        return _said("Not accepted.", 401)
    return _said("What it names is read again." if due else "Nothing to read again.", 202)


def _said(text: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(text + "\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)
