"""The organization's log: its latest checkpoint, its key, and what it proves."""

from datetime import UTC, datetime

from django.contrib.messages import success
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.operate.verify_store.verifying import latest_verification
from compliance.vault.answers import file_answer
from compliance.vault.selectors.countersigned import latest_cosignatures, latest_timestamp, signed_bytes_at, timestamp_of
from compliance.vault.selectors.log import checkpoints, log_keys, whole_note
from compliance.vault.selectors.publication import is_log_public
from compliance.vault.services.keys import rotate_log_key
from compliance.vault.services.publication import publish_log


@require_GET
@page(Right.SEE_PROGRAMME)
def log_page(request: HttpRequest) -> HttpResponse:
    """Checkpoints, newest first, and the key that signed them."""
    return _page(request)


def _page(request: HttpRequest, refusal: str = "") -> HttpResponse:
    context = {
        "crumbs": [("Log", "")],
        "checkpoints": checkpoints(),
        "stamped": latest_timestamp(),
        "cosigned": latest_cosignatures(),
        "keys": log_keys(),
        "public": is_log_public(),
        "verification": latest_verification(),
        "may_manage": allows(request.membership.role, Right.MANAGE_ORGANIZATION),
        "refusal": refusal,
    }
    return TemplateResponse(request, "home/log.html", context, status=422 if refusal else 200)


@require_POST
@page(Right.MANAGE_ORGANIZATION)
def turn_key(request: HttpRequest) -> HttpResponse:
    """Let a new key sign; the old one announces it. Shown again with what is missing where no reason is given."""
    try:
        rotate_log_key(actor=request.actor, reason=request.POST.get("reason", ""), now=datetime.now(UTC))
    except ValidationError as error:
        return _page(request, " ".join(error.messages))
    success(request, "A new key signs from now on. Give it to whoever verifies the log.")
    return redirect("log", request.organization.slug)


@require_POST
@page(Right.MANAGE_ORGANIZATION)
def publish(request: HttpRequest) -> HttpResponse:
    """Switch the public page on (`public` is `on`) or off."""
    publish_log(actor=request.actor, public=request.POST.get("public") == "on", now=datetime.now(UTC))
    return redirect("log", request.organization.slug)


@require_GET
@page(Right.SEE_PROGRAMME)
def checkpoint_text(request: HttpRequest) -> HttpResponse:
    """The latest checkpoint as the signed note that verifiers read."""
    latest = checkpoints(limit=1)
    return HttpResponse(whole_note(latest[0]) if latest else "", content_type="text/plain; charset=utf-8", status=200 if latest else 404)


@require_GET
@page(Right.SEE_PROGRAMME)
def timestamp_file(_request: HttpRequest, size: int) -> HttpResponse:
    """The authority's answer about the checkpoint of that size, as `openssl ts -verify -in` reads it."""
    stamp = timestamp_of(size)
    if stamp is None:
        raise Http404("No time stamp was given for a checkpoint of that size.")
    return file_answer(bytes(stamp.response), name=f"checkpoint-{size}.tsr", media_type="application/timestamp-reply")


@require_GET
@page(Right.SEE_PROGRAMME)
def signed_text(_request: HttpRequest, size: int) -> HttpResponse:
    """What was signed and stamped: the text of the checkpoint of that size, as `openssl ts -verify -data` reads it."""
    text = signed_bytes_at(size)
    if text is None:
        raise Http404("There is no checkpoint of that size.")
    return file_answer(text, name=f"checkpoint-{size}.text", media_type="text/plain; charset=utf-8")
