"""The public page of an organization's log: key, checkpoints, hashes, consistency between any two sizes; for everybody, unless switched off.

Nothing else is told: leaves, and what they stand for, are not served (C2SP tlog-tiles calls them entry bundles). An organization without a
public log and one that does not exist answer alike.
"""

import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from compliance.seal import base64_text
from compliance.seal.merkle import HASH_SIZE, ProofError
from compliance.seal.tiles import TILE_WIDTH, consistency_from_tiles, tile_path, tile_width
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.vault.answers import file_answer
from compliance.vault.selectors.countersigned import latest_cosignatures, latest_timestamp, signed_bytes_at, timestamp_of
from compliance.vault.selectors.log import checkpoints, log_keys, read_tile, whole_note
from compliance.vault.selectors.publication import is_log_public

_TILE = re.compile(r"(\d|[1-5]\d|6[0-3])/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)
HISTORY = 1000
TEXT = "text/plain; charset=utf-8"


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open the scope of the organization whose slug or id is in the address, if its log is public; 404 otherwise."""

    @wraps(view)
    def gated(request: HttpRequest, log: str, **rest: Any) -> HttpResponse:
        organization = _of(log)
        if organization is not None:
            with scope(organization.pk):
                if is_log_public():
                    return view(request, organization, **rest)
        raise Http404("There is no public log here.")

    gated.plumbline_gate = "public log"
    return gated


def _of(log: str) -> Organization | None:
    try:
        return Organization.objects.filter(pk=uuid.UUID(log)).first()
    except ValueError:
        return Organization.objects.filter(slug=log).first()


@require_safe
@public
def public_log(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Keys, latest checkpoint, history, and the form for a consistency proof. 422 with what is wrong for two sizes that cannot be."""
    latest = checkpoints(50)
    context = {
        "brand": {"name": organization.name, "url": request.path},
        "keys": log_keys(),
        "checkpoints": latest,
        "stamped": latest_timestamp(),
        "cosigned": latest_cosignatures(),
        "note": whole_note(latest[0]) if latest else "",
        "demo": organization.is_demo,
        "size": latest[0].size if latest else 0,
        "old": request.GET.get("old", ""),
        "new": request.GET.get("new", ""),
    }
    status = 200
    if context["old"] or context["new"]:
        try:
            context["proof"] = _proof(context["old"], context["new"], context["size"])
        except ProofError as error:
            context["refusal"], status = str(error), 422
    return render(request, "home/public_log.html", context, status=status)


@require_safe
@public
def checkpoint(_request: HttpRequest, _organization: Organization) -> HttpResponse:
    """The latest checkpoint with its cosignatures (C2SP tlog-checkpoint). 404 before the first."""
    latest = checkpoints(1)
    if not latest:
        raise Http404("Nothing is sealed yet.")
    response = HttpResponse(whole_note(latest[0]), content_type=TEXT)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@public
def signed_text(_request: HttpRequest, _organization: Organization, size: int) -> HttpResponse:
    """What was signed, and stamped, at that size: the text of the checkpoint, as `openssl ts -verify -data` reads it."""
    text = signed_bytes_at(size)
    if text is None:
        raise Http404("There is no checkpoint of that size.")
    return file_answer(text, name=f"checkpoint-{size}.text", media_type=TEXT)


@require_safe
@public
def timestamp_file(_request: HttpRequest, _organization: Organization, size: int) -> HttpResponse:
    """A time-stamping authority's answer about that text (RFC 3161), as `openssl ts -verify -in` reads it."""
    stamp = timestamp_of(size)
    if stamp is None:
        raise Http404("No time stamp was given for a checkpoint of that size.")
    return file_answer(bytes(stamp.response), name=f"checkpoint-{size}.tsr", media_type="application/timestamp-reply")


@require_safe
@public
def history(_request: HttpRequest, _organization: Organization) -> JsonResponse:
    """The latest thousand checkpoints and every key, as JSON."""
    keys = [
        {"verifier": key.verifier, "from_size": key.from_size, "until_size": key.until_size, "created_at": key.created_at}
        for key in log_keys()
    ]
    notes = [
        {"size": each.size, "root": bytes(each.root).hex(), "signed_at": each.signed_at, "note": each.note} for each in checkpoints(HISTORY)
    ]
    return JsonResponse({"keys": keys, "checkpoints": notes})


@require_safe
@public
def consistency(request: HttpRequest, _organization: Organization) -> JsonResponse:
    """The consistency proof (RFC 9162 section 2.1.4) from size `old` to size `new`, hashes in base64. 400 with what is wrong."""
    latest = checkpoints(1)
    try:
        proof = _proof(request.GET.get("old", ""), request.GET.get("new", ""), latest[0].size if latest else 0)
    except ProofError as error:
        return JsonResponse({"detail": str(error)}, status=400)
    return JsonResponse({"old": int(request.GET["old"]), "new": int(request.GET["new"]), "proof": proof})


def _proof(old: str, new: str, size: int) -> list[str]:
    if not (old.isascii() and old.isdigit() and new.isascii() and new.isdigit() and len(old) < 19 and len(new) < 19):
        raise ProofError("Give two sizes as whole numbers: old and new.")
    if not 1 <= int(old) <= int(new) <= size:
        raise ProofError(f"Give sizes with 1 ≤ old ≤ new ≤ {size}, the size of the latest checkpoint.")
    return [base64_text.encode(each) for each in consistency_from_tiles(int(old), int(new), read_tile)]


@require_safe
@public
def tile(_request: HttpRequest, _organization: Organization, tile: str) -> HttpResponse:
    """A tile's hashes at its path in C2SP tlog-tiles (`<L>/<N>[.p/<W>]`), up to the latest checkpoint."""
    match = _TILE.fullmatch(tile)
    latest = checkpoints(1)
    if match is None or not latest:
        raise Http404("There is no such tile.")
    level, number, width = int(match[1]), int(match[2].replace("x", "").replace("/", "")), int(match[3] or TILE_WIDTH)
    if not 0 < width <= tile_width(level, number, latest[0].size) or tile_path(level, number, width) != f"tile/{tile}":
        raise Http404("There is no such tile.")
    return HttpResponse(read_tile(level, number)[: width * HASH_SIZE], content_type="application/octet-stream")
