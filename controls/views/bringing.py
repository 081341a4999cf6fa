"""Bringing evidence: files, links, statements, new versions, snapshots; and uploads in parts (tus 1.0: core, creation, checksum,
termination, expiration; https://tus.io/protocols/resumable-upload)."""

import base64
import binascii
import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_http_methods, require_POST

from compliance.members.gates.page import page
from compliance.members.refusals import Refused
from compliance.members.roles import Right
from compliance.members.selectors.listing import members_by_name
from compliance.tenancy.clock import now
from controls.forms.evidence import REASON, DatesForm, FilesForm, LinkForm, StatementForm
from controls.services.intake import bring_file, bring_snapshot, bring_statement
from controls.services.links import place_of
from controls.views.evidence import add_errors, found_item
from evidence.selectors.items import item_by_id, version_of
from evidence.selectors.streams import stream_by_id
from evidence.selectors.subjects import subject_by_id
from evidence.selectors.uploads import upload_of
from evidence.services.freezing import frozen_stream, frozen_subject
from evidence.services.items import Described, accept_bytes, add_version, scan_again
from evidence.services.receiving import LARGEST, Duplicate, NotTaken, receive
from evidence.services.spooling import PART, pieces_of
from evidence.services.uploads import CHECKSUMS, WrongChecksum, WrongOffset, append_part, content_of, drop_upload, open_upload

if TYPE_CHECKING:
    from evidence.models import Item, ItemVersion, Upload

TUS = "1.0.0"
METADATA = ("filename", "item", "again", "fields")
LONGEST_METADATA = 60_000
CHECKSUM_MISMATCH = 460  # tus: the part arrived otherwise than it was sent


@require_http_methods(["GET", "POST"])
@page(Right.ACT_ON_CONTROLS)
def item_add(request: HttpRequest) -> HttpResponse:
    """Files, in one step: each becomes an item. What one of them lacks does not hold up the others."""
    form = _form(FilesForm, request)
    refused: list[dict[str, Any]] = []
    if request.method == "POST":
        files = request.FILES.getlist("file")
        if not files:
            form.add_error(None, "Choose at least one file.")
        if form.is_valid():
            made, refused = _each_file(request, form, files)
            if made and not refused:
                return _told_of(request, made)
            if made:
                messages.success(request, f"{len(made)} of {len(files)} files are in the library.")
    context = {
        "crumbs": _crumbs(request, "Add evidence"), "form": form, "refused": refused, "largest": LARGEST, "part": PART,
        "place": place_named(request),
    }  # fmt: skip
    return TemplateResponse(request, "controls/evidence_add.html", context, status=422 if form.errors or refused else 200)


@require_http_methods(["GET", "POST"])
@page(Right.ACT_ON_CONTROLS)
def item_add_link(request: HttpRequest) -> HttpResponse:
    """A link with what it showed."""
    form = _form(LinkForm, request)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = bring_file(
                actor=request.actor, role=request.membership.role, pieces=pieces_of(file), filename=file.name, kind="link", again=True,
                described=form.described(url=form.cleaned_data["url"].strip()), dated=form.dated(), places=form.places(), now=now(),
            )  # fmt: skip
        except ValidationError as error:
            add_errors(form, error)
        except Refused as error:
            form.add_error("file", str(error))
        else:
            return _told_of(request, [made])
    context = {"crumbs": _crumbs(request, "Add a link"), "form": form}
    return TemplateResponse(request, "controls/evidence_add_link.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@page(Right.ACT_ON_CONTROLS)
def item_state(request: HttpRequest) -> HttpResponse:
    """A statement of whoever is signed in, signed by typing the name."""
    form = _form(StatementForm, request, signer=request.actor.name)
    if request.method == "POST" and form.is_valid():
        try:
            made = bring_statement(
                actor=request.actor, signer=form.cleaned_data["signed"], text=form.cleaned_data["text"], described=form.described(),
                dated=form.dated(), places=form.places(), now=now(),
            )  # fmt: skip
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _told_of(request, [made])
    context = {"crumbs": _crumbs(request, "Sign a statement"), "form": form}
    return TemplateResponse(request, "controls/evidence_state.html", context, status=422 if form.errors else 200)


@require_POST
@page(Right.ACT_ON_CONTROLS)
def item_version(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """A new version beside the former ones."""
    item, file = found_item(request, item_id), request.FILES.get("file")
    form = DatesForm(request.POST, zone=request.organization.zone)
    try:
        if file is None:
            raise NotTaken("Choose the file of the new version.")
        if not form.is_valid():
            raise NotTaken(" ".join(sentence for sentences in form.errors.values() for sentence in sentences))
        received = receive(pieces_of(file), file.name, role=request.membership.role, again=True)
        add_version(actor=request.actor, item=item, dated=form.dated(), received=received, now=now())
    except (Refused, ValidationError) as error:
        messages.error(request, " ".join(error.messages) if isinstance(error, ValidationError) else str(error))
    else:
        messages.success(request, f"Version {item.number + 1} is there. The former ones stay.")
    return redirect("item", slug=request.organization.slug, item_id=item.pk)


@require_POST
@page(Right.MANAGE_CONTROLS)
def item_quarantine(request: HttpRequest, item_id: uuid.UUID, number: int) -> HttpResponse:
    """Ask the scanner again, or answer for bytes that it does not vouch for."""
    item = found_item(request, item_id)
    version = found_version(item, number)
    try:
        if request.POST.get("act") == "scan":
            state = scan_again(actor=request.actor, item=item, version=version, now=now())
            messages.info(
                request, {"clean": "The scanner found nothing.", "": "No scanner is configured."}.get(state, "They stay in quarantine.")
            )
        else:
            accept_bytes(actor=request.actor, item=item, version=version, reason=request.POST.get("reason", ""), now=now())
            messages.success(request, "Accepted: the bytes are served from now on.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("item", slug=request.organization.slug, item_id=item.pk)


@require_POST
@page(Right.ACT_ON_CONTROLS)
def subject_freeze(request: HttpRequest, subject_id: uuid.UUID) -> HttpResponse:
    """Freeze the records of a subject as an item."""
    subject = subject_by_id(subject_id)
    if subject is None:
        raise Http404("There is no such subject.")
    return _frozen(request, frozen_subject(subject, now()), str(subject.stream))


@require_POST
@page(Right.ACT_ON_CONTROLS)
def stream_freeze(request: HttpRequest, stream_id: uuid.UUID) -> HttpResponse:
    """Freeze what a stream holds now as an item."""
    stream = stream_by_id(stream_id)
    if stream is None:
        raise Http404("There is no such stream.")
    try:
        frozen = frozen_stream(stream, now())
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("evidence", slug=request.organization.slug)
    return _frozen(request, frozen, str(stream))


@require_http_methods(["OPTIONS", "POST"])
@page(Right.ACT_ON_CONTROLS)
def uploads(request: HttpRequest) -> HttpResponse:
    """tus creation: says where the parts go."""
    if request.method == "OPTIONS":
        response = _tus(204)
        response["Tus-Version"], response["Tus-Extension"] = TUS, "creation,checksum,termination,expiration"
        response["Tus-Max-Size"], response["Tus-Checksum-Algorithm"] = str(LARGEST), ",".join(CHECKSUMS)
        return response
    if (wrong := _version_refused(request)) is not None:
        return wrong
    length = request.headers.get("Upload-Length", "")
    if not length.isdigit() or len(length) > 18:
        return _tus(400, "Say with Upload-Length how many bytes will come.")
    try:
        metadata = _metadata(request.headers.get("Upload-Metadata", ""))
        _told(request, metadata)
        opened = open_upload(
            user_id=request.user.pk, filename=metadata.get("filename", ""), length=int(length), metadata=metadata, now=now()
        )
    except (Refused, ValidationError) as error:
        return _tus(413 if int(length) > LARGEST else 422, _sentence(error))
    response = _tus(201)
    response["Location"] = reverse("upload", args=[request.organization.slug, opened.pk])
    response["Upload-Expires"] = http_date(opened.expires_at.timestamp())
    return response


@require_http_methods(["HEAD", "PATCH", "DELETE"])
@page(Right.ACT_ON_CONTROLS)
def upload(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """tus: how far an upload is, its next part, or its end. With the last part the file becomes an item, or is refused whole."""
    found = upload_of(upload_id, request.user.pk)
    if found is None:
        return _tus(404, "There is no such upload; it was finished, refused, or expired. Begin again.")
    if (wrong := _version_refused(request)) is not None:
        return wrong
    if request.method == "DELETE":
        drop_upload(found)
        return _tus(204)
    if request.method == "PATCH":
        return _patched(request, found)
    response = _tus(200)
    response["Upload-Offset"], response["Upload-Length"], response["Cache-Control"] = str(found.received), str(found.length), "no-store"
    return response


def place_named(request: HttpRequest) -> str:
    """The name of the place that the address presets, empty without one. Raises Http404 for an occurrence or task that is none."""
    asked = {name: request.GET.get(name, "") for name in ("occurrence", "task") if request.GET.get(name, "")}
    if not asked:
        return request.GET.get("control", "") or request.GET.get("criterion", "")
    try:
        return place_of(**asked).name
    except ValidationError as error:
        raise Http404("There is no such occurrence or task.") from error


def found_version(item: "Item", number: int) -> "ItemVersion":
    """A version of an item. Raises Http404."""
    found = version_of(item.pk, number)
    if found is None:
        raise Http404("There is no such version.")
    return found


def _patched(request: HttpRequest, found: "Upload") -> HttpResponse:
    offset, length = request.headers.get("Upload-Offset", ""), request.headers.get("Content-Length", "")
    if request.headers.get("Content-Type", "") != "application/offset+octet-stream":
        return _tus(415, "Parts come as application/offset+octet-stream.")
    if not offset.isdigit() or not length.isdigit():
        return _tus(400, "Say with Upload-Offset and Content-Length where the part begins and how long it is.")
    try:
        checksum = _checksum(request.headers.get("Upload-Checksum", ""), int(length))
        left, at = int(length), int(offset)
        while left > 0:
            data = request.read(min(left, PART))
            found = append_part(upload=found, offset=at, data=data, checksum=checksum)
            if not data:
                break  # the connection was cut: what came stays, and the sender goes on from there
            left, at = left - len(data), at + len(data)
        if found.received != at:
            raise WrongOffset(f"{found.received} bytes are here. Go on from there.")
    except WrongOffset as error:
        return _tus(409, str(error))
    except WrongChecksum as error:
        return _tus(CHECKSUM_MISMATCH, str(error))
    except NotTaken as error:
        return _tus(413, str(error))
    except ValueError as error:
        return _tus(400, str(error))
    return _whole(request, found) if found.received == found.length else _progress(found)


def _progress(found: "Upload") -> HttpResponse:
    response = _tus(204)
    response["Upload-Offset"] = str(found.received)
    response["Upload-Expires"] = http_date(found.expires_at.timestamp())
    return response


def _whole(request: HttpRequest, found: "Upload") -> HttpResponse:
    """The last part is here: make the item, or refuse the file; either way nothing of the upload stays."""
    slug = request.organization.slug
    try:
        made = _brought(request, found)
    except Duplicate as error:
        url = reverse("item", args=[slug, error.item_id])
        body = {"detail": str(error), "title": error.item_title, "url": url, "link": reverse("item_link", args=[slug, error.item_id])}
        response: HttpResponse = JsonResponse(body, status=409)
        response["Tus-Resumable"] = TUS
        return response
    except (Refused, ValidationError) as error:
        return _tus(422, _sentence(error))
    finally:
        drop_upload(found)
    response = _progress(found)
    response["Plumbline-Item"] = reverse("item", args=[slug, made.pk])
    return response


def _brought(request: HttpRequest, found: "Upload") -> "Item":
    metadata, role = found.metadata, request.membership.role
    form, item = _told(request, metadata)
    if item is not None:
        received = receive(content_of(found), found.filename, role=role, again=True)
        add_version(actor=request.actor, item=item, dated=form.dated(), received=received, now=now())
        return item
    return bring_file(
        actor=request.actor, role=role, pieces=content_of(found), filename=found.filename, described=form.described(), dated=form.dated(),
        places=form.places(), now=now(), again=metadata.get("again") == "1",
    )  # fmt: skip


def _told(request: HttpRequest, metadata: dict[str, str]) -> tuple[Any, "Item | None"]:
    """What the sender says of the file: checked before the first part is taken, and once more at the end. Raises ValidationError."""
    fields = QueryDict(metadata.get("fields", ""))
    if metadata.get("item"):
        try:
            item = item_by_id(uuid.UUID(metadata["item"]), role=request.membership.role)
        except ValueError:
            item = None
        if item is None:
            raise ValidationError("There is no such item.")
        dates = DatesForm(fields, zone=request.organization.zone)
        _valid(dates)
        return dates, item
    form = FilesForm(_with_owner(fields, request), zone=request.organization.zone, members=list(members_by_name()))
    _valid(form)
    form.places()
    return form, None


def _valid(form: Any) -> None:
    if not form.is_valid():
        raise ValidationError([f"{form.fields[name].label or name}: {' '.join(sentences)}" for name, sentences in form.errors.items()])


def _with_owner(fields: QueryDict, request: HttpRequest) -> QueryDict:
    """Whoever brings a file without saying whose it is becomes its owner."""
    if "owner" in fields:
        return fields
    given = fields.copy()
    given["owner"] = str(request.membership.pk)
    return given


def _each_file(request: HttpRequest, form: FilesForm, files: list[Any]) -> "tuple[list[Item], list[dict[str, Any]]]":
    made: list[Item] = []
    refused: list[dict[str, Any]] = []
    described, slug = form.described(), request.organization.slug
    for file in files:
        mine = described if len(files) == 1 else Described(**{**_plain(described), "title": ""})
        try:
            made.append(
                bring_file(
                    actor=request.actor,
                    role=request.membership.role,
                    pieces=pieces_of(file),
                    filename=file.name,
                    described=mine,
                    dated=form.dated(),
                    places=form.places(),
                    now=now(),
                    again=request.POST.get("again") == "1",
                )  # fmt: skip
            )
        except Duplicate as error:
            refused.append({"name": file.name, "why": str(error), "url": reverse("item", args=[slug, error.item_id])})
        except (Refused, ValidationError) as error:
            refused.append({"name": file.name, "why": _sentence(error), "url": ""})
    return made, refused


def _plain(described: Described) -> dict[str, Any]:
    return {name: getattr(described, name) for name in Described.__dataclass_fields__}


def _form(kind: Any, request: HttpRequest, **more: Any) -> Any:
    known = {"zone": request.organization.zone, "members": list(members_by_name()), **more}
    if request.method == "POST":
        return kind(request.POST, request.FILES, **known)
    asked = {name: request.GET.get(name, "") for name in ("control", "criterion", "occurrence", "task", "title")}
    return kind(initial={**asked, "owner": str(request.membership.pk), "reason": REASON}, **known)


def _told_of(request: HttpRequest, made: "list[Item]") -> HttpResponse:
    slug = request.organization.slug
    if len(made) == 1:
        messages.success(request, "It is in the library, and waits for its place in the log.")
        return redirect("item", slug=slug, item_id=made[0].pk)
    messages.success(request, f"{len(made)} items are in the library.")
    control = request.POST.get("control", "")
    return redirect(f"{reverse('evidence', args=[slug])}{f'?control={control}' if control else ''}")


def _frozen(request: HttpRequest, frozen: Any, source: str) -> HttpResponse:
    places = []
    if code := request.POST.get("control", ""):
        places = [(place_of(control=code), request.POST.get("reason", "") or "What was observed then")]
    made = bring_snapshot(
        actor=request.actor, frozen=frozen, source=source, places=places, now=now(),
        described=Described(title=frozen.title[:200], source=source[:120], owner_id=request.membership.pk),
    )  # fmt: skip
    return _told_of(request, [made])


def _metadata(header: str) -> dict[str, str]:
    """Upload-Metadata: `key base64,key base64`. Raises NotTaken."""
    if len(header) > LONGEST_METADATA:
        raise NotTaken("The metadata is longer than anything that belongs there.")
    found: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        key, _, value = pair.partition(" ")
        if key in METADATA:
            try:
                found[key] = base64.b64decode(value, validate=True).decode("utf-8")
            except (binascii.Error, UnicodeDecodeError) as error:
                raise NotTaken("Upload-Metadata is pairs of a key and base64 of UTF-8, with commas between them.") from error
    return found


def _checksum(header: str, length: int) -> tuple[str, bytes] | None:
    """Upload-Checksum: `sha256 base64`. Raises ValueError."""
    if not header:
        return None
    name, _, value = header.partition(" ")
    if name not in CHECKSUMS:
        raise ValueError(f"Checksums are {' or '.join(CHECKSUMS)}.")
    if length > PART:
        raise ValueError(f"A part with a checksum has at most {PART:,} bytes.")
    try:
        return name, base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("The checksum is not base64.") from error


def _version_refused(request: HttpRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == TUS:
        return None
    response = _tus(412, f"Speak tus {TUS}: send Tus-Resumable.")
    response["Tus-Version"] = TUS
    return response


def _tus(status: int, sentence: str = "") -> HttpResponse:
    response = HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    response["Tus-Resumable"] = TUS
    return response


def _sentence(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _crumbs(request: HttpRequest, title: str) -> list[tuple[str, str]]:
    return [("Evidence", reverse("evidence", args=[request.organization.slug])), (title, "")]
