"""Runs: what was asked of a vendor, call by call, and what came of it."""

import uuid
from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.paging import paged
from compliance.api.views import OrganizationView
from evidence.models import LedgerEntry, Run, RunStream
from evidence.selectors.runs import calls_of_run, run_by_id, runs, streams_of_run

PAGING = [OpenApiParameter(name, str) for name in ("cursor", "limit")]
STATES = ["running", "recorded", "evaluated", "ended"]
OUTCOMES = ["", "complete", "partial", "failed", "cancelled"]
RUN = (
    "id", "connection_id", "vendor", "state", "outcome", "started_at", "observed_at", "ended_at", "started_by", "connector_version",
    "principal", "kinds", "calls", "rows", "changed", "gone", "fault_kind", "fault",
)  # fmt: skip
STREAM = ("kind", "outcome", "completeness", "received", "expected", "duplicates", "changed", "gone", "faults", "skips")
CALL = (
    "number", "operation", "parameters", "partition", "page", "rows", "total", "more", "status", "started_at", "finished_at", "vendor_time",
    "request_id", "sha256", "size", "quota_limit", "quota_remaining", "not_modified", "fault",
)  # fmt: skip


@extend_schema_field(OpenApiTypes.OBJECT)
class Plain(serializers.JSONField):
    """An object as it was stored."""


@extend_schema_field({"type": "string", "enum": STATES}, component_name="RunState")
class RunStateField(serializers.ChoiceField):
    """How far a run is."""

    def __init__(self) -> None:
        super().__init__(choices=STATES)


@extend_schema_field({"type": "string", "enum": OUTCOMES}, component_name="RunOutcome")
class RunOutcomeField(serializers.ChoiceField):
    """What came of a run; empty while it goes on."""

    def __init__(self) -> None:
        super().__init__(choices=OUTCOMES)


class FaultBody(serializers.Serializer):
    """Why something could not be read."""

    kind = serializers.CharField()
    detail = serializers.CharField()
    operation = serializers.CharField()
    partition = serializers.CharField()


class RunBody(serializers.Serializer):
    """One collection run. `observed_at` is our clock when reading ended."""

    id = serializers.UUIDField()
    connection_id = serializers.UUIDField()
    vendor = serializers.CharField()
    state = RunStateField()
    outcome = RunOutcomeField()
    started_at = serializers.DateTimeField()
    observed_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    started_by = serializers.CharField()
    connector_version = serializers.CharField()
    principal = serializers.CharField(allow_blank=True, help_text="The identity that was used, as the vendor names it.")
    kinds = serializers.ListField(child=serializers.CharField())
    calls = serializers.IntegerField()
    rows = serializers.IntegerField()
    changed = serializers.IntegerField()
    gone = serializers.IntegerField()
    fault_kind = serializers.CharField(allow_blank=True)
    fault = serializers.CharField(allow_blank=True)


class RunPage(serializers.Serializer):
    """A page of runs."""

    results = RunBody(many=True)
    next = serializers.URLField(allow_null=True)


class RunStreamBody(serializers.Serializer):
    """What one run did for one stream. `expected` is the vendor's own total, where it gives one."""

    kind = serializers.CharField()
    outcome = serializers.CharField()
    completeness = serializers.CharField()
    received = serializers.IntegerField()
    expected = serializers.IntegerField(allow_null=True)
    duplicates = serializers.IntegerField()
    changed = serializers.IntegerField()
    gone = serializers.IntegerField()
    faults = FaultBody(many=True)
    skips = serializers.ListField(child=serializers.ListField(child=serializers.CharField()), help_text="What was left out, and why.")


class AccountBody(serializers.Serializer):
    """The vendor's account, as the vendor reports it."""

    account = serializers.CharField()
    account_name = serializers.CharField(allow_blank=True)


class RunDetail(RunBody):
    """One run with its streams."""

    source = AccountBody(allow_null=True)
    streams = RunStreamBody(many=True)


class CallBody(serializers.Serializer):
    """One request of a run. `sha256` is the digest of the raw answer. No secret is ever kept here."""

    number = serializers.IntegerField()
    operation = serializers.CharField()
    parameters = Plain()
    partition = serializers.CharField(allow_blank=True)
    page = serializers.IntegerField()
    rows = serializers.IntegerField(allow_null=True)
    total = serializers.IntegerField(allow_null=True)
    more = serializers.BooleanField()
    status = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField()
    vendor_time = serializers.DateTimeField(allow_null=True)
    request_id = serializers.CharField(allow_blank=True)
    sha256 = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(help_text="Bytes.")
    quota_limit = serializers.IntegerField(allow_null=True)
    quota_remaining = serializers.IntegerField(allow_null=True)
    not_modified = serializers.BooleanField()
    fault = serializers.CharField(allow_blank=True)


class CallPage(serializers.Serializer):
    """A page of the ledger."""

    results = CallBody(many=True)
    next = serializers.URLField(allow_null=True)


class RunQuery(serializers.Serializer):
    """What may be asked of the list of runs."""

    connection = serializers.UUIDField(required=False)


def shown(run: Run) -> dict[str, Any]:
    """A run as plain data."""
    return {name: getattr(run, name) for name in RUN}


def _stream(row: RunStream) -> dict[str, Any]:
    return {name: getattr(row, name) for name in STREAM}


def _call(row: LedgerEntry) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CALL}


class RunsRoute(OrganizationView):
    """All runs."""

    @extend_schema(operation_id="runs_list", responses=RunPage, parameters=[RunQuery, *PAGING])
    def get(self, request: Request) -> Response:
        """Newest first; `?connection=` only those of one connection."""
        query = RunQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = runs(connection_id=query.validated_data.get("connection"))
        return paged(request, found, order=["-started_at", "-id"], shown=shown)


class RunRoute(OrganizationView):
    """One run."""

    @extend_schema(operation_id="runs_retrieve", responses=RunDetail)
    def get(self, request: Request, run_id: uuid.UUID) -> Response:
        """With what it did per stream."""
        run = _found(run_id)
        source = {"account": run.source.account, "account_name": run.source.account_name} if run.source_id else None
        return Response(shown(run) | {"source": source, "streams": [_stream(each) for each in streams_of_run(run.pk)]})


class LedgerRoute(OrganizationView):
    """The request ledger of a run."""

    @extend_schema(operation_id="runs_ledger_list", responses=CallPage, parameters=PAGING)
    def get(self, request: Request, run_id: uuid.UUID) -> Response:
        """Every call, in order."""
        return paged(request, calls_of_run(_found(run_id).pk), order=["number"], shown=_call)


def _found(run_id: uuid.UUID) -> Run:
    run = run_by_id(run_id)
    if run is None:
        raise Http404("There is no such run.")
    return run
