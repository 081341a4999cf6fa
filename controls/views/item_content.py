"""The bytes of an item: taken away as they are, shown without being run, proven to stand in the log.

Whatever people brought is served as an attachment of no type under a policy that makes scripts impossible; previews are text, tables and
pictures that a process of its own made of it.
"""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right
from compliance.vault.encryption import CannotDecrypt
from compliance.vault.receipts import NotSealed, receipt_of
from compliance.vault.selectors.blobs import UnknownBlob, open_blob
from compliance.vault.store import BlobMissing
from controls.views.bringing import found_version
from controls.views.evidence import found_item
from evidence.files.apart import Unreadable
from evidence.files.reading import LARGEST_PARSED, preview
from evidence.files.reading import page as picture_of
from evidence.files.refusals import Unfit
from evidence.services.items import Quarantined, record_download, refuse_quarantined
from evidence.services.spooling import spooled

if TYPE_CHECKING:
    from evidence.models import Item, ItemVersion

SEALED = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PICTURE = "sandbox; default-src 'none'; img-src 'self'; frame-ancestors 'none'"
PAGES = 12  # of a PDF, shown at once


@require_GET
@page(Right.SEE_PROGRAMME)
def item_download(request: HttpRequest, item_id: uuid.UUID, number: int) -> HttpResponse:
    """The original bytes; taking them stands on the trail."""
    item = found_item(request, item_id)
    return original(request.actor, item, found_version(item, number))


@require_GET
@page(Right.SEE_PROGRAMME)
def item_preview(request: HttpRequest, item_id: uuid.UUID, number: int) -> HttpResponse:
    """What the bytes show: a fragment of the item's page, a page of its own without scripts."""
    item = found_item(request, item_id)
    version = found_version(item, number)
    shown = _shown(version, _number(request, "sheet", 0))
    first = max(1, _number(request, "page", 1))
    slug = request.organization.slug
    if shown["kind"] == "pages":
        last = min(shown["count"], first + PAGES - 1)
        shown["pages"] = [(each, reverse("item_picture", args=[slug, item.pk, number, each])) for each in range(first, last + 1)]
        shown["following"] = last + 1 if last < shown["count"] else 0
    if shown["kind"] == "tree":
        shown["lines"] = [{"indent": "\u2003" * depth, "name": name, "value": value} for depth, name, value in shown["lines"]]
    context = {
        "crumbs": [("Evidence", reverse("evidence", args=[slug])), (item.title, reverse("item", args=[slug, item.pk])), ("Preview", "")],
        "item": item, "version": version, "shown": shown, "sheet": _number(request, "sheet", 0),
    }  # fmt: skip
    return TemplateResponse(request, "controls/_evidence_preview.html" if request.htmx else "controls/evidence_preview.html", context)


@require_GET
@page(Right.SEE_PROGRAMME)
def item_picture(request: HttpRequest, item_id: uuid.UUID, number: int, sheet: int) -> HttpResponse:
    """A page of a PDF, or a picture drawn anew without metadata, as PNG."""
    item = found_item(request, item_id)
    version = found_version(item, number)
    if version.size > LARGEST_PARSED:
        raise Http404("Files of this size are not shown here.")
    try:
        refuse_quarantined(version)
        with spooled(open_blob(version.digest)) as path:
            data = picture_of(path, version.media_type, sheet)
    except (Quarantined, Unfit, Unreadable, UnknownBlob, BlobMissing, CannotDecrypt) as error:
        raise Http404("There is no such picture.") from error
    response = HttpResponse(data, content_type="image/png")
    response["Content-Security-Policy"] = PICTURE
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=300"
    return response


@require_GET
@page(Right.SEE_PROGRAMME)
def item_receipt(request: HttpRequest, item_id: uuid.UUID, number: int) -> HttpResponse:
    """The inclusion proof of a version (C2SP tlog-proof); 404 while it is not sealed."""
    item = found_item(request, item_id)
    return receipt(found_version(item, number))


def receipt(version: "ItemVersion") -> HttpResponse:
    """The proof as a file. Raises Http404 while the version is not sealed."""
    try:
        data = receipt_of(version.pk)
    except NotSealed as error:
        raise Http404("This version is not sealed yet; the log is sealed within a minute.") from error
    response = HttpResponse(data, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{version.pk}.tlog-proof"'
    return response


def original(actor: Any, item: "Item", version: "ItemVersion") -> HttpResponse:
    """The bytes as they came, streamed. Raises Http404 where the store lost them; 409 in words while they are in quarantine."""
    try:
        record_download(actor=actor, item=item, version=version)
        pieces = open_blob(version.digest)
    except Quarantined as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    except (UnknownBlob, BlobMissing) as error:
        raise Http404("These bytes are not kept any more; the item's page says why.") from error
    response = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, version.filename)
    response["Content-Length"] = str(version.size)
    response["Content-Security-Policy"] = SEALED
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(version: "ItemVersion", sheet: int) -> dict[str, Any]:
    if version.size > LARGEST_PARSED:
        return {"kind": "none", "why": "The file is too large to be shown here. Download the original."}
    try:
        refuse_quarantined(version)
        with spooled(_bytes(version)) as path:
            options = {"sheet": sheet} if version.media_type.endswith("spreadsheetml.sheet") else {}
            return preview(path, version.media_type, **options)
    except Quarantined as error:
        return {"kind": "none", "why": str(error)}
    except (UnknownBlob, BlobMissing, CannotDecrypt):
        return {"kind": "none", "why": "These bytes are not kept any more, or were altered in the store."}


def _bytes(version: "ItemVersion") -> Iterator[bytes]:
    return open_blob(version.digest)


def _number(request: HttpRequest, name: str, usual: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdigit() and len(text) < 6 else usual
