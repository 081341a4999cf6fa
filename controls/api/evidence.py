"""The evidence library: items with versions and links, their original bytes, and sessions by which programs push items."""

import uuid
from collections.abc import Iterator
from typing import IO, Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from compliance.api.errors import Conflict
from compliance.api.paging import limit_of
from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from compliance.tenancy.reading import reading
from compliance.tenancy.together import ask
from compliance.trail.action import action
from compliance.trail.names import ActionName
from compliance.vault.answers import FileView, file_answer
from compliance.vault.selectors.log import position_of
from controls.api.asking import PAGING
from controls.items import KINDS, BadQuestion, checked_filters, items_page, told
from controls.selectors.links import link_of_item, links_of_items
from controls.services.intake import bring_file
from controls.services.links import check_controls, checked_reason, link_item, linking, place_of, unlink_item
from controls.views.bringing import found_version
from controls.views.evidence import csv_lines, found_item, may_edit
from controls.views.item_content import original, receipt
from evidence.selectors.items import FRESHNESS, SORTS, counts_of, freshness_of, standing_of_library, versions_of
from evidence.selectors.uploads import item_session, item_sessions, items_received
from evidence.services.items import Dated, Described, add_version, change_item
from evidence.services.receiving import Duplicate, receive
from evidence.services.sessions import abandon_item_session, close_item_session, open_item_session, put_item
from evidence.services.spooling import pieces_of

BYTES = {"application/octet-stream": OpenApiTypes.BINARY}
STATES = ["open", "recorded", "refused", "abandoned", "expired"]


class AnyBytes(BaseParser):
    """Whatever comes, as a stream."""

    media_type = "*/*"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None) -> Iterator[bytes]:
        """Its pieces."""
        return pieces_of(stream)


class ItemLinkBody(serializers.Serializer):
    """Where an item belongs: the code of a control (of its occurrence, where `occurrence` is set) or of a criterion, or a
    task, and why."""

    id = serializers.UUIDField()
    control = serializers.CharField(allow_null=True)
    criterion = serializers.CharField(allow_null=True)
    occurrence = serializers.UUIDField(allow_null=True)
    task = serializers.UUIDField(allow_null=True)
    reason = serializers.CharField()
    linked_by = serializers.CharField()
    linked_at = serializers.DateTimeField()


class ItemOwnerBody(serializers.Serializer):
    """An owner; the id is a member's."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class ItemBody(serializers.Serializer):
    """An item of evidence with what its latest version says. `received_at` is our clock, `performed_at` as stated."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    owner = ItemOwnerBody(allow_null=True)
    cadence_days = serializers.IntegerField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    freshness = serializers.ChoiceField(choices=FRESHNESS)
    confidentiality = serializers.ChoiceField(choices=["open", "restricted"])
    roles = serializers.ListField(child=serializers.CharField(), help_text="That may know of it.")
    tags = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    source_key = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    number = serializers.IntegerField(help_text="Of the latest version.")
    filename = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    received_at = serializers.DateTimeField()
    performed_at = serializers.DateTimeField(allow_null=True)
    links = ItemLinkBody(many=True)


class ItemCounts(serializers.Serializer):
    """Over all items that the caller may know of."""

    total = serializers.IntegerField()
    overdue = serializers.IntegerField()
    due = serializers.IntegerField(help_text="Within two weeks.")


class ItemListPage(serializers.Serializer):
    """A page of items. `found`: how many the filters leave; `counted` is false where there are more."""

    counts = ItemCounts()
    found = serializers.IntegerField()
    counted = serializers.BooleanField()
    results = ItemBody(many=True)
    next = serializers.URLField(allow_null=True)


class ItemVersionBody(serializers.Serializer):
    """Bytes of an item, once and for all. `position`: its entry in the log, null while it waits."""

    number = serializers.IntegerField()
    sha256 = serializers.CharField()
    filename = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    received_at = serializers.DateTimeField()
    performed_at = serializers.DateTimeField(allow_null=True)
    covered_from = serializers.DateField(allow_null=True)
    covered_until = serializers.DateField(allow_null=True)
    stated_by = serializers.CharField()
    note = serializers.CharField(allow_blank=True)


class ItemDetail(ItemBody):
    """One item with its versions, the latest first."""

    position = serializers.IntegerField(allow_null=True, help_text="Of the latest version in the log; null while it waits.")
    versions = ItemVersionBody(many=True)


class ItemQuery(serializers.Serializer):
    """Filters and order, as on the page."""

    q = serializers.CharField(required=False, max_length=200, help_text="Words in title, description, tags, file name and content.")
    kind = serializers.ChoiceField(choices=KINDS, required=False)
    control = serializers.CharField(required=False, max_length=20)
    criterion = serializers.CharField(required=False, max_length=8)
    owner = serializers.CharField(required=False, max_length=36, help_text="A member's id, or `none`.")
    freshness = serializers.ChoiceField(choices=FRESHNESS, required=False)
    tag = serializers.CharField(required=False, max_length=40)
    confidentiality = serializers.ChoiceField(choices=["open", "restricted"], required=False)
    sort = serializers.ChoiceField(choices=[f"{sign}{name}" for name in SORTS for sign in ("", "-")], required=False)


class VersionQuery(serializers.Serializer):
    """What is said of bytes that are sent as the body."""

    filename = serializers.CharField(max_length=200)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", required=False, help_text="Of the body; other bytes are refused.")
    performed_at = serializers.DateTimeField(required=False)
    covered_from = serializers.DateField(required=False)
    covered_until = serializers.DateField(required=False)
    note = serializers.CharField(required=False, max_length=5000)


class NewItemQuery(VersionQuery):
    """What is said of a new item beside its bytes."""

    title = serializers.CharField(required=False, max_length=200, help_text="The file's name without it.")
    description = serializers.CharField(required=False, max_length=20_000)
    tags = serializers.CharField(required=False, max_length=900, help_text="With commas between them.")
    cadence_days = serializers.IntegerField(required=False, min_value=1, max_value=1100)
    roles = serializers.CharField(required=False, max_length=200, help_text="Restricted to these, with commas between them.")
    control = serializers.CharField(required=False, max_length=20)
    criterion = serializers.CharField(required=False, max_length=8)
    reason = serializers.CharField(required=False, max_length=500, help_text="What it shows there.")
    url = serializers.CharField(required=False, max_length=2000, help_text="What the bytes showed: the item is a link then.")
    again = serializers.BooleanField(required=False, default=False, help_text="Also where the same bytes are in the library.")


class DescriptionBody(serializers.Serializer):
    """What is said of an item; what is left out stays."""

    title = serializers.CharField(required=False, max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    owner = serializers.UUIDField(required=False, allow_null=True)
    cadence_days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1100)
    roles = serializers.ListField(child=serializers.CharField(max_length=20), required=False, help_text="Empty: open to all readers.")
    tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False)


class NewLinkBody(serializers.Serializer):
    """One place, and what the item shows there."""

    control = serializers.CharField(required=False, max_length=20, default="")
    criterion = serializers.CharField(required=False, max_length=8, default="")
    occurrence = serializers.CharField(required=False, max_length=36, default="")
    task = serializers.CharField(required=False, max_length=36, default="")
    reason = serializers.CharField(max_length=500)


class ItemDeclarationBody(serializers.Serializer):
    """What will be pushed. `sha256`: over one line per item in order of keys, each the canonical JSON of its `key` and `sha256`, with a line
    feed behind it."""

    name = serializers.CharField(max_length=120, help_text="Of the source; items of one name and key continue each other.")
    cadence_days = serializers.IntegerField(min_value=1, max_value=1100, help_text="How long what is brought counts as fresh.")
    expected = serializers.IntegerField(min_value=1, max_value=500)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")


class HeldItemBody(serializers.Serializer):
    """An item that a session holds."""

    key = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()


class ItemSessionBody(serializers.Serializer):
    """A session. `state_reason`: why nothing of it counts, where that is so."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    cadence_days = serializers.IntegerField()
    expected = serializers.IntegerField()
    sha256 = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    state_reason = serializers.CharField(allow_blank=True)
    opened_by = serializers.CharField()
    opened_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class ItemSessionDetail(ItemSessionBody):
    """A session with what it holds."""

    items = HeldItemBody(many=True)


class ItemSessionPage(serializers.Serializer):
    """The latest sessions, newest first."""

    results = ItemSessionBody(many=True)
    next = serializers.URLField(allow_null=True)


class PushedQuery(serializers.Serializer):
    """What is said of a pushed item beside its bytes."""

    filename = serializers.CharField(max_length=200)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    title = serializers.CharField(required=False, max_length=200)
    description = serializers.CharField(required=False, max_length=20_000)
    tags = serializers.CharField(required=False, max_length=900)
    controls = serializers.CharField(required=False, max_length=500, help_text="Codes, with commas between them.")
    performed_at = serializers.DateTimeField(required=False)
    covered_from = serializers.DateField(required=False)
    covered_until = serializers.DateField(required=False)


class HeldBody(HeldItemBody):
    """An item that was taken."""

    repeated = serializers.BooleanField(help_text="It was here already, the same; nothing changed.")


class ItemsRoute(OrganizationView):
    """Items."""

    write_right = Right.ACT_ON_CONTROLS
    parser_classes = (AnyBytes,)

    @extend_schema(operation_id="evidence_list", responses=ItemListPage, parameters=[ItemQuery, *PAGING])
    def get(self, request: Request) -> Response:
        """Latest change first unless sorted otherwise; words are answered best first."""
        role, at, limit = request.membership.role, now(), limit_of(request)
        (standing,) = ask(standing_of_library(role, at))[0]
        total = counts_of(role, standing.revision).total
        try:
            filters = checked_filters(request.query_params)
            found = items_page(
                role, filters, at, sort=request.query_params.get("sort", ""), cursor=request.query_params.get("cursor", ""), total=total,
                limit=limit,
            )  # fmt: skip
        except BadQuestion as error:
            raise serializers.ValidationError({"": str(error)}) from error
        links = links_of_items([each.pk for each in found.rows])
        following = replace_query_param(request.build_absolute_uri(), "cursor", found.next) if found.next else None
        counts = {"total": total, "overdue": standing.overdue, "due": standing.due}
        results = [_shown(each, links.get(each.pk, []), at) for each in found.rows]
        return Response({"counts": counts, "found": found.found, "counted": found.counted, "results": results, "next": following})

    @extend_schema(operation_id="evidence_create", request=BYTES, parameters=[NewItemQuery], responses={201: ItemDetail})
    def post(self, request: Request) -> Response:
        """The body is the file. 409 where the same bytes are in the library already; link that item, or say `again=true`."""
        query = NewItemQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        said = query.validated_data
        reason = checked_reason(said.get("reason") or "Shows that the control is performed")
        places = [(place_of(**{name: said[name]}), reason) for name in ("control", "criterion") if said.get(name)]
        described = Described(
            title=said.get("title", ""), description=said.get("description", ""), owner_id=request.membership.pk,
            cadence_days=said.get("cadence_days"), roles=_several(said.get("roles", "")), tags=_several(said.get("tags", "")),
            url=said.get("url", ""),
        )  # fmt: skip
        try:
            item = bring_file(
                actor=request.actor, role=request.membership.role, pieces=_body(request), filename=said["filename"], described=described,
                dated=_dated(said), places=places, now=now(), kind="link" if described.url else "file", again=said["again"],
                sha256=said.get("sha256", ""),
            )  # fmt: skip
        except Duplicate as error:
            raise Conflict(f"{error} Its id is {error.item_id}.") from error
        return Response(_detail(request, item.pk), status=201)


class ItemExportRoute(FileView):
    """The library as a table."""

    right = Right.EXPORT

    @extend_schema(operation_id="evidence_export", responses={(200, "text/csv"): OpenApiTypes.STR}, parameters=[ItemQuery])
    def get(self, request: Request) -> HttpResponse:
        """The filtered list as CSV; cells that a spreadsheet would take for a formula are defused."""
        at = now()
        try:
            filters = checked_filters(request.query_params)
        except BadQuestion as error:
            raise serializers.ValidationError({"": str(error)}) from error
        with action(ActionName.EXPORT_DOWNLOADED, actor=request.actor, subject_name="Evidence library", detail={"filters": filters}):
            pass
        with reading():
            text = "".join(csv_lines(request.membership.role, filters, at))
        return file_answer(text.encode(), name=f"evidence-{at:%Y-%m-%d}.csv", media_type="text/csv; charset=utf-8")


class ItemRoute(OrganizationView):
    """One item."""

    write_right = Right.ACT_ON_CONTROLS

    @extend_schema(operation_id="evidence_retrieve", responses=ItemDetail)
    def get(self, request: Request, item_id: uuid.UUID) -> Response:
        """With its versions and links. 404 also where the caller's role may not know of it."""
        return Response(_detail(request, item_id))

    @extend_schema(operation_id="evidence_update", request=DescriptionBody, responses=ItemDetail)
    def patch(self, request: Request, item_id: uuid.UUID) -> Response:
        """Say something else of it; its versions stay. By its owner, or by who manages controls."""
        item = found_item(request, item_id)
        if not may_edit(request, item):
            self.permission_denied(request, "Its owner or a compliance manager describes this item.")
        body = DescriptionBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        described = Described(
            title=said.get("title", item.title), description=said.get("description", item.description), owner_id=said.get("owner", item.owner_id),
            cadence_days=said.get("cadence_days", item.cadence_days), tags=said.get("tags", item.tags), url=item.url,
            roles=said.get("roles", item.roles if item.confidentiality == "restricted" else ()),
        )  # fmt: skip
        change_item(actor=request.actor, item=item, described=described)
        return Response(_detail(request, item_id))


class ItemVersionsRoute(OrganizationView):
    """Versions."""

    right = Right.ACT_ON_CONTROLS
    parser_classes = (AnyBytes,)

    @extend_schema(operation_id="evidence_versions_create", request=BYTES, parameters=[VersionQuery], responses={201: ItemDetail})
    def post(self, request: Request, item_id: uuid.UUID) -> Response:
        """The body is the file; former versions stay."""
        item = found_item(request, item_id)
        query = VersionQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        said = query.validated_data
        received = receive(
            _body(request), said["filename"], role=request.membership.role, again=True, expected_sha256=said.get("sha256", "")
        )
        add_version(actor=request.actor, item=item, dated=_dated(said), received=received, now=now())
        return Response(_detail(request, item_id), status=201)


class ItemBytesRoute(FileView):
    """Original bytes."""

    @extend_schema(operation_id="evidence_versions_download", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, item_id: uuid.UUID, number: int) -> HttpResponseBase:
        """As they came, as an attachment; 409 while they are in quarantine. Taking them stands on the trail."""
        item = found_item(request, item_id)
        return original(request.actor, item, found_version(item, number))


class ItemProofRoute(FileView):
    """Receipts."""

    @extend_schema(operation_id="evidence_versions_proof", responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, item_id: uuid.UUID, number: int) -> HttpResponse:
        """The inclusion proof of a version (C2SP tlog-proof); 404 while it is not sealed."""
        item = found_item(request, item_id)
        return receipt(found_version(item, number))


class ItemLinksRoute(OrganizationView):
    """Links of an item."""

    right = Right.ACT_ON_CONTROLS

    @extend_schema(operation_id="evidence_links_create", request=NewLinkBody, responses={201: ItemDetail})
    def post(self, request: Request, item_id: uuid.UUID) -> Response:
        """Say why it belongs to one control, criterion, occurrence or task. Linked there already, it keeps the link it has."""
        item = found_item(request, item_id)
        body = NewLinkBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        place = place_of(control=said["control"], criterion=said["criterion"], occurrence=said["occurrence"], task=said["task"])
        link_item(actor=request.actor, item_id=item.pk, role=request.membership.role, place=place, reason=said["reason"], now=now())
        return Response(_detail(request, item_id), status=201)


class ItemLinkRoute(OrganizationView):
    """One link."""

    right = Right.ACT_ON_CONTROLS

    @extend_schema(operation_id="evidence_links_remove", responses={204: None})
    def delete(self, request: Request, item_id: uuid.UUID, link_id: uuid.UUID) -> Response:
        """Take the item off that place; it stays in the library."""
        link = link_of_item(found_item(request, item_id).pk, link_id)
        if link is None:
            raise Http404("There is no such link.")
        unlink_item(actor=request.actor, link=link, reason="")
        return Response(status=204)


class ItemSessionsRoute(OrganizationView):
    """Sessions of pushed items."""

    right = Right.PUSH_FACTS

    @extend_schema(operation_id="evidence_sessions_list", responses=ItemSessionPage)
    def get(self, request: Request) -> Response:
        """The latest hundred."""
        return Response({"results": [_session(each) for each in item_sessions()], "next": None})

    @extend_schema(operation_id="evidence_sessions_create", request=ItemDeclarationBody, responses={201: ItemSessionDetail})
    def post(self, request: Request) -> Response:
        """Declare what will be sent. The session lives six hours; 409 when too many are open."""
        body = ItemDeclarationBody(data=request.data)
        body.is_valid(raise_exception=True)
        made = open_item_session(actor=request.actor, now=now(), **body.validated_data)
        return Response({**_session(made), "items": []}, status=201)


class ItemSessionRoute(OrganizationView):
    """One session."""

    right = Right.PUSH_FACTS

    @extend_schema(operation_id="evidence_sessions_retrieve", responses=ItemSessionDetail)
    def get(self, request: Request, item_session_id: uuid.UUID) -> Response:
        """How far it is, or what came of it."""
        return Response(_held(item_session_id))

    @extend_schema(operation_id="evidence_sessions_abandon", responses={204: None})
    def delete(self, request: Request, item_session_id: uuid.UUID) -> Response:
        """Give it up; what it holds is destroyed. 409 when it is not open."""
        abandon_item_session(actor=request.actor, session=_found_session(item_session_id), now=now())
        return Response(status=204)


class PushedItemRoute(OrganizationView):
    """One pushed item."""

    right = Right.PUSH_FACTS
    parser_classes = (AnyBytes,)

    @extend_schema(operation_id="evidence_sessions_put", request=BYTES, parameters=[PushedQuery], responses={200: HeldBody, 201: HeldBody})
    def put(self, request: Request, item_session_id: uuid.UUID, key: str) -> Response:
        """The body is the file. The same bytes under the same key change nothing; others are 409."""
        session = _found_session(item_session_id)
        query = PushedQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        said = query.validated_data
        controls = _several(said.get("controls", ""))
        check_controls(controls)
        text = {name: said[name].isoformat() for name in ("performed_at", "covered_from", "covered_until") if said.get(name)}
        more = {"title": said.get("title", ""), "description": said.get("description", ""), "tags": _several(said.get("tags", ""))}
        held, new = put_item(
            actor=request.actor, session=session, key=key, pieces=_body(request), filename=said["filename"], sha256=said["sha256"],
            said={**more, **text, "controls": controls}, now=now(),
        )  # fmt: skip
        body = {"key": held.key, "sha256": held.sha256, "size": held.size, "repeated": not new}
        return Response(body, status=201 if new else 200)


class ItemSessionCloseRoute(OrganizationView):
    """Closing."""

    right = Right.PUSH_FACTS

    @extend_schema(operation_id="evidence_sessions_close", request=None, responses=ItemSessionDetail)
    def post(self, request: Request, item_session_id: uuid.UUID) -> Response:
        """Make the items, if count and hash are those declared; closing again answers the same. 409 while items are missing (it stays
        open), and when the hash differs (then it is over, and nothing of it counts)."""
        at = now()
        session = _found_session(item_session_id)
        closed = close_item_session(actor=request.actor, session=session, also=linking(request.actor, at), now=at)
        if closed.state != "recorded":
            raise Conflict(closed.state_reason)
        return Response(_held(item_session_id))


def _found_session(session_id: uuid.UUID) -> Any:
    session = item_session(session_id)
    if session is None:
        raise Http404("There is no such session.")
    return session


def _session(session: Any) -> dict[str, Any]:
    return {name: getattr(session, name) for name in ItemSessionBody().fields}


def _held(session_id: uuid.UUID) -> dict[str, Any]:
    items = [{"key": key, "sha256": sha256, "size": size} for key, sha256, size in items_received(session_id)]
    return {**_session(_found_session(session_id)), "items": items}


def _detail(request: Request, item_id: uuid.UUID) -> dict[str, Any]:
    item = found_item(request, item_id)
    versions = versions_of([item.pk])[item.pk]
    names = [name for name in ItemVersionBody().fields if name != "sha256"]
    return {
        **_shown(item, links_of_items([item.pk]).get(item.pk, []), now()),
        "position": position_of(versions[0].pk),
        "versions": [{"sha256": each.digest, **{name: getattr(each, name) for name in names}} for each in versions],
    }


def _shown(item: Any, links: list[Any], at: Any) -> dict[str, Any]:
    return {**told(item), "freshness": freshness_of(item.due_at, at), "links": [_link(each) for each in links]}


def _link(link: Any) -> dict[str, Any]:
    control = link.control or (link.occurrence.control if link.occurrence_id else None)
    return {
        "id": link.pk, "control": control.code if control else None, "criterion": link.criterion_id, "occurrence": link.occurrence_id,
        "task": link.task_id, "reason": link.reason, "linked_by": link.linked_by, "linked_at": link.linked_at,
    }  # fmt: skip


def _dated(said: dict[str, Any]) -> Dated:
    return Dated(
        performed_at=said.get("performed_at"), covered_from=said.get("covered_from"), covered_until=said.get("covered_until"),
        note=said.get("note", ""),
    )  # fmt: skip


def _several(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _body(request: Request) -> Iterator[bytes]:
    """The bytes of the request; none at all are an empty file, which is refused in words."""
    data = request.data
    return iter(()) if isinstance(data, dict) else data
