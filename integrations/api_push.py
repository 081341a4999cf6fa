"""Pushing facts: a session is declared, filled piece by piece and closed; only a whole one counts. And how imports went."""

import uuid
from typing import IO, Any

from django.db import transaction
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.errors import Conflict
from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from integrations.bell import ring
from integrations.fed import FRESHNESS, MODES
from integrations.importing.fields import schema_of
from integrations.importing.kinds import kinds, meaning_of, summary_of
from integrations.models import PushSession
from integrations.selectors.imports import imported_files
from integrations.selectors.pushes import numbers_of, push_session, push_sessions, received_of
from integrations.services.pushes import CHUNK_BYTES, MOST_LINES, abandon_session, close_session, open_session, put_chunk

STATES = ["open", "recording", "recorded", "refused", "abandoned", "expired"]
IMPORT_STATES = ["draft", "recording", "recorded", "discarded"]
SHOWN = 100


class LinesParser(BaseParser):
    """JSON Lines as they come, at most as long as a piece may be."""

    media_type = "application/x-ndjson"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None) -> bytes:
        """The bytes. Raises ParseError for too many."""
        data = stream.read(CHUNK_BYTES + 1)
        if len(data) > CHUNK_BYTES:
            raise ParseError(f"A piece has at most {CHUNK_BYTES:,} bytes; send several.")
        return data


@extend_schema_field({"type": "string", "enum": STATES}, component_name="PushState")
class PushStateField(serializers.ChoiceField):
    """How a session is."""

    def __init__(self) -> None:
        super().__init__(choices=STATES)


@extend_schema_field({"type": "string", "enum": IMPORT_STATES}, component_name="ImportState")
class ImportStateField(serializers.ChoiceField):
    """How a file is."""

    def __init__(self) -> None:
        super().__init__(choices=IMPORT_STATES)


@extend_schema_field(OpenApiTypes.OBJECT)
class SchemaField(serializers.JSONField):
    """A JSON Schema."""


class KindBody(serializers.Serializer):
    """A kind of fact: what its lines hold."""

    kind = serializers.CharField()
    version = serializers.IntegerField()
    summary = serializers.CharField()
    meaning = serializers.CharField(allow_blank=True)
    schema = SchemaField(help_text="JSON Schema (2020-12) of one line.")


class KindPage(serializers.Serializer):
    """All kinds that may be pushed."""

    results = KindBody(many=True)
    next = serializers.URLField(allow_null=True)


class DeclarationBody(serializers.Serializer):
    """What will be sent. `sha256`: over the canonical lines in their order, each followed by one line feed."""

    name = serializers.CharField(max_length=120, help_text="Of the source; sessions of one name and kind continue each other.")
    kind = serializers.CharField(max_length=40)
    version = serializers.IntegerField(min_value=1, max_value=1000)
    fields = serializers.ListField(child=serializers.CharField(max_length=80), max_length=200, help_text="That the lines use.")  # type: ignore[assignment]
    mode = serializers.ChoiceField(choices=[key for key, _title, _meaning in MODES], default="snapshot")
    fresh_days = serializers.ChoiceField(choices=[days for days, _label in FRESHNESS], default=2)
    expected = serializers.IntegerField(min_value=0, max_value=MOST_LINES)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    as_of = serializers.DateTimeField(required=False, help_text="The instant that the facts speak for; the moment of closing unless told.")


class SessionBody(serializers.Serializer):
    """A session and how far it is. `state_reason`: why nothing of it counts, where that is so."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    version = serializers.IntegerField()
    mode = serializers.CharField()
    expected = serializers.IntegerField()
    received = serializers.IntegerField(help_text="Lines that are here.")
    chunks = serializers.ListField(child=serializers.IntegerField(), help_text="Numbers of the pieces that are here.")
    sha256 = serializers.CharField()
    state = PushStateField()
    state_reason = serializers.CharField(allow_blank=True)
    opened_by = serializers.CharField()
    opened_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    run_id = serializers.UUIDField(allow_null=True)


class SessionPage(serializers.Serializer):
    """The latest sessions, newest first."""

    results = SessionBody(many=True)
    next = serializers.URLField(allow_null=True)


class ChunkBody(serializers.Serializer):
    """A piece that was taken. `sha256`: over its canonical lines."""

    number = serializers.IntegerField()
    lines = serializers.IntegerField()
    sha256 = serializers.CharField()
    repeated = serializers.BooleanField(help_text="It was here already, the same; nothing changed.")


class ImportBody(serializers.Serializer):
    """A file that was brought."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    filename = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    state = ImportStateField()
    uploaded_by = serializers.CharField()
    uploaded_at = serializers.DateTimeField()
    as_of = serializers.DateTimeField(allow_null=True)
    rows = serializers.IntegerField()
    refused = serializers.IntegerField()
    run_id = serializers.UUIDField(allow_null=True)


class ImportPage(serializers.Serializer):
    """The latest files, newest first."""

    results = ImportBody(many=True)
    next = serializers.URLField(allow_null=True)


class ImportsRoute(OrganizationView):
    """Files that people brought."""

    @extend_schema(operation_id="imports_list", responses=ImportPage)
    def get(self, request: Request) -> Response:
        """The latest hundred. Files are brought on the pages, where a person sees what comes of them."""
        results = [{name: getattr(each, name) for name in ImportBody().fields} for each in imported_files(SHOWN)]
        return Response({"results": results, "next": None})


class KindsRoute(OrganizationView):
    """Kinds."""

    right = Right.PUSH_FACTS

    @extend_schema(operation_id="push_kinds_list", responses=KindPage, parameters=[OpenApiParameter("kind", str)])
    def get(self, request: Request) -> Response:
        """What may be pushed, with the schema of its lines; of one kind with `?kind=`."""
        wanted = request.query_params.get("kind", "")
        found = {kind: fact for kind, fact in kinds().items() if wanted in ("", kind)}
        results = [
            {"kind": kind, "version": fact.VERSION, "summary": summary_of(fact), "meaning": meaning_of(fact), "schema": schema_of(fact)}
            for kind, fact in found.items()
        ]
        return Response({"results": results, "next": None})


class SessionsRoute(OrganizationView):
    """Sessions."""

    right = Right.PUSH_FACTS

    @extend_schema(operation_id="push_sessions_list", responses=SessionPage)
    def get(self, request: Request) -> Response:
        """The latest hundred."""
        sessions = push_sessions(SHOWN)
        received = received_of([each.pk for each in sessions])
        results = [_session(each, received.get(each.pk, {}).get("lines", 0), []) for each in sessions]
        return Response({"results": results, "next": None})

    @extend_schema(operation_id="push_sessions_create", request=DeclarationBody, responses={201: SessionBody})
    def post(self, request: Request) -> Response:
        """Declare what will be sent. The session lives six hours; 409 when too many are open."""
        body = DeclarationBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = {"as_of": None, **body.validated_data}
        return Response(_session(open_session(actor=request.actor, now=now(), **given), 0, []), status=201)


class SessionRoute(OrganizationView):
    """One session."""

    right = Right.PUSH_FACTS

    @extend_schema(operation_id="push_sessions_retrieve", responses=SessionBody)
    def get(self, request: Request, session_id: uuid.UUID) -> Response:
        """How far it is, or what came of it."""
        return Response(_detail(_found(session_id)))

    @extend_schema(operation_id="push_sessions_abandon", responses={204: None})
    def delete(self, request: Request, session_id: uuid.UUID) -> Response:
        """Give it up; its pieces are destroyed. 409 when it is not open."""
        abandon_session(actor=request.actor, session=_found(session_id), now=now())
        return Response(status=204)


class ChunkRoute(OrganizationView):
    """One piece."""

    right = Right.PUSH_FACTS
    parser_classes = (LinesParser,)

    @extend_schema(
        operation_id="push_chunks_update", request={"application/x-ndjson": OpenApiTypes.STR}, responses={200: ChunkBody, 201: ChunkBody}
    )
    def put(self, request: Request, session_id: uuid.UUID, number: int) -> Response:
        """JSON Lines under a number from 1. The same piece again changes nothing; other lines under a number that was sent are 409."""
        session = _found(session_id)
        piece, new = put_chunk(actor=request.actor, session=session, number=number, data=request.data or b"", now=now())
        body = {"number": piece.number, "lines": piece.lines, "sha256": piece.sha256, "repeated": not new}
        return Response(body, status=201 if new else 200)


class CloseRoute(OrganizationView):
    """Closing."""

    right = Right.PUSH_FACTS

    @extend_schema(operation_id="push_sessions_close", request=None, responses=SessionBody)
    def post(self, request: Request, session_id: uuid.UUID) -> Response:
        """Record it, if count and hash are those declared; closing again answers the same. 409 while lines are missing (it stays open), and
        when the hash differs or a subject comes twice (then it is over, and nothing of it counts)."""
        closed = close_session(actor=request.actor, session=_found(session_id), now=now())
        if closed.state != "recorded":
            raise Conflict(closed.state_reason)
        organization_id = str(request.organization.pk)
        transaction.on_commit(lambda: ring("compliance.judge_due", organization_id))
        return Response(_detail(closed))


def _found(session_id: uuid.UUID) -> PushSession:
    session = push_session(session_id)
    if session is None:
        raise Http404("There is no such session.")
    return session


def _detail(session: PushSession) -> dict[str, Any]:
    received = received_of([session.pk]).get(session.pk, {}).get("lines", 0)
    return _session(session, received, numbers_of(session.pk))


def _session(session: PushSession, received: int, numbers: list[int]) -> dict[str, Any]:
    names = (
        "id",
        "name",
        "kind",
        "version",
        "mode",
        "expected",
        "sha256",
        "state_reason",
        "opened_by",
        "opened_at",
        "expires_at",
        "ended_at",
        "run_id",
    )
    expired = session.state == "open" and session.expires_at <= now()
    return {name: getattr(session, name) for name in names} | {
        "state": "expired" if expired else session.state, "chunks": numbers,
        "received": session.expected if session.state == "recorded" else received,
    }  # fmt: skip
