"""Connections: what can be connected, what is, and what can be done with it. A secret goes in and never comes out."""

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.errors import Conflict
from compliance.api.views import OrganizationView
from compliance.members.models import ApiToken
from compliance.members.roles import Right, allows
from compliance.tenancy.clock import now
from compliance.work.selectors.problems import open_problems
from evidence.selectors.demand import demanded_kinds
from evidence.selectors.runs import latest_runs
from evidence.selectors.streams import coverage_of, streams_of_source
from integrations.bell import ring
from integrations.cards import Card, cards
from integrations.fed import FED
from integrations.models import Connection, Due
from integrations.registry import NAMES
from integrations.selectors.connections import all_connections
from integrations.selectors.single import connection_by_id, due_or_none, external_id_is_taken
from integrations.services.connections import (
    ask_for_run,
    cancel_run,
    change_connection,
    create_connection,
    delete_connection,
    new_external_id,
    pause_connection,
    start_connection,
)
from integrations.vendors.aws.permissions import policy_of, template_of

SHOWN_STATES = ["draft", "active", "paused", "broken"]
TICKET_SALT = "plumbline.connection.ticket"
TICKET_SECONDS = 7 * 24 * 3600
ACCOUNT = re.compile(r"\d{12}")
PROVEN = ("ok", "missing")
PROOFS = [*PROVEN, "failed"]
PROBE, REFRESH = "compliance.probe_connection", "compliance.refresh_connection"


@extend_schema_field(OpenApiTypes.OBJECT)
class Document(serializers.JSONField):
    """A JSON document of the vendor's own making."""


@extend_schema_field({"type": "string", "enum": SHOWN_STATES}, component_name="ConnectionState")
class ConnectionStateField(serializers.ChoiceField):
    """How a connection is."""

    def __init__(self) -> None:
        super().__init__(choices=SHOWN_STATES)


@extend_schema_field({"type": "string", "enum": PROOFS}, component_name="ProofState")
class ProofStateField(serializers.ChoiceField):
    """What came of proving a credential."""

    def __init__(self) -> None:
        super().__init__(choices=PROOFS)


class SettingBody(serializers.Serializer):
    """One field of a connector. Secret ones are encrypted, write-only and never shown again."""

    name = serializers.CharField()
    label = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    secret = serializers.BooleanField()
    required = serializers.BooleanField()
    multiline = serializers.BooleanField()
    choices = serializers.ListField(child=serializers.CharField())
    default = serializers.CharField(allow_blank=True)


class ConnectorBody(serializers.Serializer):
    """What can be connected: what is read, what never is, what it is set up with, which calls the demanded facts need."""

    vendor = serializers.CharField()
    name = serializers.CharField()
    category = serializers.CharField()
    reads = serializers.CharField()
    never = serializers.CharField()
    needs_ticket = serializers.BooleanField(help_text="A preparation is made first; its ticket goes with the connection.")
    settings = SettingBody(many=True)
    operations = serializers.ListField(child=serializers.CharField())


class ConnectorPage(serializers.Serializer):
    """The catalogue."""

    results = ConnectorBody(many=True)
    next = serializers.URLField(allow_null=True)


class PreparationRequest(serializers.Serializer):
    """For AWS: the account that this installation calls from, to stand in the template."""

    platform_account = serializers.RegexField(ACCOUNT, required=False, help_text="12 digits.")


class PreparationBody(serializers.Serializer):
    """What the vendor's side is set up with before the connection is made. `ticket` goes with the connection and lasts seven days."""

    external_id = serializers.CharField()
    ticket = serializers.CharField()
    policy = Document(allow_null=True, help_text="The least that the demanded facts need.")
    template = Document(allow_null=True, help_text="A CloudFormation template of the role.")


class LatestRun(serializers.Serializer):
    """The newest run."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    outcome = serializers.CharField(allow_blank=True)
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class ProblemSeen(serializers.Serializer):
    """An open problem of the connection."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    detail = serializers.CharField()
    remedy = serializers.CharField()
    severity = serializers.CharField()
    affected = serializers.IntegerField()


class ConnectionEntry(serializers.Serializer):
    """A connection. `broken`: the credential is refused, and a person must act."""

    id = serializers.UUIDField()
    vendor = serializers.CharField()
    name = serializers.CharField()
    state = ConnectionStateField()
    state_reason = serializers.CharField(allow_blank=True)
    cadence_minutes = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    live_verified_at = serializers.DateTimeField(allow_null=True)
    latest_run = LatestRun(allow_null=True)
    problem = serializers.CharField(allow_blank=True, help_text="Title of an open problem.")


class ConnectionPage(serializers.Serializer):
    """All connections by name."""

    results = ConnectionEntry(many=True)
    next = serializers.URLField(allow_null=True)


class ProbedOperation(serializers.Serializer):
    """Whether one call may be made."""

    operation = serializers.CharField()
    outcome = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)


class ProofBody(serializers.Serializer):
    """The last proof: who we are there, and which calls may be made. `missing`: it works, but permissions are missing."""

    at = serializers.DateTimeField()
    state = ProofStateField()
    account = serializers.CharField(allow_blank=True)
    account_name = serializers.CharField(allow_blank=True)
    principal = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)
    operations = ProbedOperation(many=True)


class ProgressBody(serializers.Serializer):
    """How far the present run is."""

    running = serializers.BooleanField()
    run_id = serializers.UUIDField(allow_null=True)
    stream = serializers.CharField(allow_blank=True)
    rows = serializers.IntegerField()
    calls = serializers.IntegerField()
    done = serializers.ListField(child=serializers.CharField())
    cancel_asked = serializers.BooleanField()
    next_run_at = serializers.DateTimeField(allow_null=True)
    proof = ProofBody(allow_null=True)


class PieceBody(serializers.Serializer):
    """A time in which the stream was really observed."""

    from_at = serializers.DateTimeField()
    until_at = serializers.DateTimeField()
    runs = serializers.IntegerField()
    longest_gap_seconds = serializers.IntegerField()


class ConnectionStream(serializers.Serializer):
    """A stream and its coverage. `longest_gap_seconds` is the longest time without a look."""

    kind = serializers.CharField()
    mode = serializers.CharField()
    completeness = serializers.CharField()
    observed_until = serializers.DateTimeField(allow_null=True)
    stale = serializers.BooleanField()
    trouble = serializers.CharField(allow_blank=True)
    trouble_detail = serializers.CharField(allow_blank=True)
    denied = serializers.ListField(child=serializers.CharField())
    longest_gap_seconds = serializers.IntegerField()
    coverage = PieceBody(many=True)


class ConnectionDetail(ConnectionEntry):
    """One connection. `settings` (never a secret), `external_id` and `policy` only for who may manage connections, else null."""

    progress = ProgressBody()
    problems = ProblemSeen(many=True)
    longest_gap_seconds = serializers.IntegerField()
    streams = ConnectionStream(many=True)
    settings = serializers.DictField(child=serializers.CharField(), allow_null=True)
    external_id = serializers.CharField(allow_null=True)
    policy = Document(allow_null=True)


class ConnectionBody(serializers.Serializer):
    """A new connection. `settings` are those of the connector, secrets among them."""

    vendor = serializers.ChoiceField(choices=sorted(NAMES))
    name = serializers.CharField(max_length=120, required=False)
    cadence_minutes = serializers.IntegerField(min_value=5, max_value=10080, required=False)
    settings = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=20_000, trim_whitespace=False))
    ticket = serializers.CharField(required=False, max_length=1000, help_text="From the preparation, where the connector needs one.")


class ConnectionChange(serializers.Serializer):
    """What changes; the rest stays. Secrets that are given replace all that are kept."""

    name = serializers.CharField(max_length=120, required=False)
    cadence_minutes = serializers.IntegerField(min_value=5, max_value=10080, required=False)
    settings = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=20_000, trim_whitespace=False), required=False
    )


class ReasonBody(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class ConnectorsRoute(OrganizationView):
    """The catalogue."""

    @extend_schema(operation_id="connectors_list", responses=ConnectorPage)
    def get(self, request: Request) -> Response:
        """What can be connected."""
        return Response({"results": [_connector(each) for each in cards().values()], "next": None})


class PreparationRoute(OrganizationView):
    """Before a connection is made."""

    right = Right.MANAGE_CONNECTIONS

    @extend_schema(operation_id="connectors_prepare", request=PreparationRequest, responses=PreparationBody)
    def post(self, request: Request, vendor: str) -> Response:
        """A random ExternalId that nobody chooses, the policy and the template with it. Nothing is kept here until it is used."""
        card = _card(vendor)
        if not card.needs_external_id:
            raise Conflict(f"{card.name} needs no preparation: make the connection.")
        body = PreparationRequest(data=request.data)
        body.is_valid(raise_exception=True)
        external_id = new_external_id()
        account = body.validated_data.get("platform_account", "ACCOUNT-OF-THIS-INSTALLATION")
        template = template_of(_operations(card), external_id=external_id, platform_account=account)
        ticket = signing.dumps([str(request.organization.pk), vendor, external_id], salt=TICKET_SALT)
        return Response(
            {"external_id": external_id, "ticket": ticket, "policy": policy_of(_operations(card)), "template": json.loads(template)}
        )


class ConnectionsRoute(OrganizationView):
    """All connections."""

    write_right = Right.MANAGE_CONNECTIONS

    @extend_schema(operation_id="connections_list", responses=ConnectionPage)
    def get(self, request: Request) -> Response:
        """By name, deleted ones left out."""
        connections = all_connections()
        latest = latest_runs(each.pk for each in connections)
        problems = {each.about_id: each for each in reversed(open_problems(limit=1000))}
        results = [_entry(each, latest.get(each.pk), problems.get(each.pk)) for each in connections]
        return Response({"results": results, "next": None})

    @extend_schema(operation_id="connections_create", request=ConnectionBody, responses={201: ConnectionDetail})
    def post(self, request: Request) -> Response:
        """A draft; a worker proves it at once. Start it when it is proven."""
        body = ConnectionBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        card = _card(given["vendor"])
        connection = create_connection(
            actor=request.actor, vendor=card.key, name=given.get("name", "") or card.name, vendor_settings=card.settings,
            given=_known(card, given["settings"]), external_id=_external_id(request, card, given.get("ticket", "")), now=now(),
            cadence_minutes=given.get("cadence_minutes", 60),
        )  # fmt: skip
        _ring(request, connection, PROBE)
        return Response(_detail(request, connection), status=201)


class ConnectionRoute(OrganizationView):
    """One connection."""

    write_right = Right.MANAGE_CONNECTIONS

    @extend_schema(operation_id="connections_retrieve", responses=ConnectionDetail)
    def get(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Proof, progress, streams and their coverage, problems."""
        return Response(_detail(request, _found(connection_id)))

    @extend_schema(operation_id="connections_update", request=ConnectionChange, responses=ConnectionDetail)
    def patch(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Change what is given. It is proven and, when active, read again at once; a broken one is tried again."""
        connection = _found(connection_id)
        body = ConnectionChange(data=request.data)
        body.is_valid(raise_exception=True)
        if connection.vendor in FED:
            raise Conflict("A list that is brought or pushed is changed by its next file or session.")
        given, card = body.validated_data, _card(connection.vendor)
        changed = change_connection(
            actor=request.actor, connection=connection, vendor_settings=card.settings, now=now(), name=given.get("name", ""),
            given={**connection.settings, **_known(card, given.get("settings", {}))}, cadence_minutes=given.get("cadence_minutes"),
        )  # fmt: skip
        _ring(request, changed, PROBE)
        _ring(request, changed, REFRESH)
        return Response(_detail(request, changed))

    @extend_schema(operation_id="connections_delete", responses={204: None}, parameters=[OpenApiParameter("reason", str)])
    def delete(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Destroy the credential and hide the connection; evidence and verdicts stay."""
        reason = request.query_params.get("reason", "").replace("\x00", "")[:2000]
        delete_connection(actor=request.actor, connection=_found(connection_id), reason=reason, now=now())
        return Response(status=204)


class ProgressRoute(OrganizationView):
    """For polling."""

    @extend_schema(operation_id="connections_progress_retrieve", responses=ProgressBody)
    def get(self, request: Request, connection_id: uuid.UUID) -> Response:
        """The present run, and the last proof."""
        return Response(_progress(due_or_none(_found(connection_id).pk), now()))


class ProveRoute(OrganizationView):
    """Proving."""

    right = Right.MANAGE_CONNECTIONS

    @extend_schema(operation_id="connections_prove", request=None, responses={202: ProgressBody})
    def post(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Ask a worker to prove the credential; poll the progress for its outcome."""
        connection = _found(connection_id)
        if connection.vendor in FED:
            raise Conflict("Nothing is read here: there is no credential to prove.")
        _ring(request, connection, PROBE)
        return Response(_progress(due_or_none(connection.pk), now()), status=202)


class StartRoute(OrganizationView):
    """Starting."""

    right = Right.MANAGE_CONNECTIONS

    @extend_schema(operation_id="connections_start", request=None, responses={202: ConnectionDetail})
    def post(self, request: Request, connection_id: uuid.UUID) -> Response:
        """A proven draft, a paused or a broken connection is read from now on. 409 for a draft that is not proven, and for a paused one whose
        credential has to be given again first."""
        connection = _found(connection_id)
        due = due_or_none(connection.pk)
        if connection.state == "draft" and (due is None or due.probe.get("state") not in PROVEN):
            raise Conflict("This draft is not proven to work; prove it first, and look at the proof in its progress.")
        try:
            start_connection(actor=request.actor, connection=connection, now=now())
        except ValidationError as error:
            raise Conflict(" ".join(error.messages)) from error
        _ring(request, connection, REFRESH)
        return Response(_detail(request, connection), status=202)


class PauseRoute(OrganizationView):
    """Pausing."""

    right = Right.MANAGE_CONNECTIONS

    @extend_schema(operation_id="connections_pause", request=ReasonBody, responses=ConnectionDetail)
    def post(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Stop reading. The credential is destroyed; evidence and verdicts stay, and from now on it is not observed."""
        connection = _found(connection_id)
        body = ReasonBody(data=request.data)
        body.is_valid(raise_exception=True)
        if connection.vendor in FED:
            raise Conflict("Nothing is read here, so that there is nothing to pause. Delete it to end the list.")
        pause_connection(actor=request.actor, connection=connection, reason=body.validated_data.get("reason", ""), now=now())
        return Response(_detail(request, connection))


class RunNowRoute(OrganizationView):
    """Observing now."""

    right = Right.RUN_CONNECTIONS

    @extend_schema(operation_id="connections_run", request=None, responses={202: ProgressBody})
    def post(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Make a run due now. 409 unless the connection is active."""
        connection = _found(connection_id)
        try:
            ask_for_run(actor=request.actor, connection=connection, now=now())
        except ValidationError as error:
            raise Conflict(" ".join(error.messages)) from error
        _ring(request, connection, REFRESH)
        return Response(_progress(due_or_none(connection.pk), now()), status=202)


class CancelRoute(OrganizationView):
    """Cancelling."""

    right = Right.RUN_CONNECTIONS

    @extend_schema(operation_id="connections_cancel", request=None, responses={202: ProgressBody})
    def post(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Ask the running worker to stop after the page it is reading."""
        connection = _found(connection_id)
        cancel_run(actor=request.actor, connection=connection)
        return Response(_progress(due_or_none(connection.pk), now()), status=202)


def _connector(card: Card) -> dict[str, Any]:
    names = ("name", "label", "hint", "secret", "required", "multiline", "default")
    fields = [{name: getattr(each, name) for name in names} | {"choices": [key for key, _label in each.choices]} for each in card.settings]
    return {
        "vendor": card.key, "name": card.name, "category": card.category, "reads": card.reads, "never": card.never,
        "needs_ticket": card.needs_external_id, "settings": fields, "operations": _operations(card),
    }  # fmt: skip


def _operations(card: Card) -> list[str]:
    """Calls that the demanded kinds need; everything the connector can read while nothing is demanded yet."""
    demanded = set(demanded_kinds(card.key)) or set(card.operations)
    return sorted({each for kind, operations in card.operations.items() if kind in demanded for each in operations})


def _card(vendor: str) -> Card:
    if vendor not in cards():
        raise Http404("There is no such connector.")
    return cards()[vendor]


def _found(connection_id: uuid.UUID) -> Connection:
    connection = connection_by_id(connection_id)
    if connection is None:
        raise Http404("There is no such connection.")
    return connection


def _known(card: Card, given: Mapping[str, str]) -> dict[str, str]:
    unknown = sorted(set(given) - {each.name for each in card.settings})
    if unknown:
        raise serializers.ValidationError({"settings": f"{card.name} has no setting {', '.join(unknown[:10])}; see the catalogue."})
    return dict(given)


def _external_id(request: Request, card: Card, ticket: str) -> str:
    """The ExternalId of a ticket of ours. Raises ValidationError for a ticket that is missing, altered, too old, foreign or used."""
    if not card.needs_external_id:
        return ""
    try:
        organization, vendor, external_id = signing.loads(ticket, salt=TICKET_SALT, max_age=TICKET_SECONDS)
    except signing.BadSignature as error:
        raise serializers.ValidationError({"ticket": f"Prepare {card.name} first, and send the ticket of that preparation."}) from error
    if (organization, vendor) != (str(request.organization.pk), card.key) or external_id_is_taken(external_id):
        raise serializers.ValidationError({"ticket": "This ticket was used already, or is not for this. Prepare again."})
    return external_id


def _entry(connection: Connection, run: Any, problem: Any) -> dict[str, Any]:
    names = ("id", "vendor", "name", "state", "state_reason", "cadence_minutes", "created_at", "live_verified_at")
    latest = {name: getattr(run, name) for name in ("id", "state", "outcome", "started_at", "ended_at")} if run else None
    return {name: getattr(connection, name) for name in names} | {"latest_run": latest, "problem": problem.title if problem else ""}


def _detail(request: Request, connection: Connection) -> dict[str, Any]:
    at = now()
    problems = open_problems(about_id=connection.pk)
    streams = streams_of_source(connection.source_id) if connection.source_id else []
    coverage = coverage_of([stream.pk for stream in streams])
    shown = [_stream(each, coverage[each.pk], at) for each in streams]
    manages = _manages(request)
    card = cards().get(connection.vendor)  # none for a list that is brought or pushed
    secret = {each.name for each in card.settings if each.secret} if card else set()
    return {
        **_entry(connection, latest_runs([connection.pk]).get(connection.pk), problems[0] if problems else None),
        "progress": _progress(due_or_none(connection.pk), at),
        "problems": [
            {name: getattr(each, name) for name in ("id", "title", "detail", "remedy", "severity", "affected")} for each in problems
        ],
        "longest_gap_seconds": max((each["longest_gap_seconds"] for each in shown), default=0),
        "streams": shown,
        "settings": {name: str(value) for name, value in connection.settings.items() if name not in secret} if manages else None,
        "external_id": connection.external_id if manages else None,
        "policy": policy_of(_operations(card)) if manages and card and card.key == "aws" else None,
    }


def _manages(request: Request) -> bool:
    right = Right.MANAGE_CONNECTIONS
    return allows(request.membership.role, right) and (not isinstance(request.auth, ApiToken) or right in request.auth.allowed())


def _stream(stream: Any, pieces: Sequence[Any], at: datetime) -> dict[str, Any]:
    names = ("kind", "mode", "completeness", "observed_until", "trouble", "trouble_detail", "denied")
    between = [int((later.from_at - earlier.until_at).total_seconds()) for earlier, later in zip(pieces, pieces[1:], strict=False)]
    return {name: getattr(stream, name) for name in names} | {
        "stale": bool(stream.stale_at and stream.stale_at <= at),
        "longest_gap_seconds": max([piece.longest_gap_seconds for piece in pieces] + between, default=0),
        "coverage": [{name: getattr(piece, name) for name in ("from_at", "until_at", "runs", "longest_gap_seconds")} for piece in pieces],
    }


def _progress(due: Due | None, at: datetime) -> dict[str, Any]:
    told = due.progress if due else {}
    return {
        "running": bool(due and due.lease_until and due.lease_until > at), "run_id": due.run_id if due else None,
        "stream": told.get("stream", ""), "rows": told.get("rows", 0), "calls": told.get("calls", 0), "done": told.get("done", []),
        "cancel_asked": bool(due and due.cancel_asked), "next_run_at": due.next_run_at if due else None,
        "proof": _proof(due.probe) if due and due.probe else None,
    }  # fmt: skip


def _proof(probe: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: probe.get(name, "") for name in ("account", "account_name", "principal", "detail")}
    return {"at": probe["at"], "state": probe["state"], **texts, "operations": probe.get("operations", [])}


def _ring(request: Request, connection: Connection, task: str) -> None:
    organization_id, key = str(request.organization.pk), str(connection.pk)
    transaction.on_commit(lambda: ring(task, organization_id, key))
