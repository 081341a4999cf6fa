"""Populations by API: kinds, drafts, freezing, rows as files, reviews, evidence sheets."""

import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.paging import paged
from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from compliance.trail.action import action
from compliance.trail.names import ActionName
from compliance.vault.answers import FileView, file_answer
from compliance.vault.receipts import NotSealed, receipt_of
from compliance.vault.selectors.blobs import open_blob
from compliance.vault.selectors.log import position_of
from controls.api.asking import PAGING
from controls.sheets import sheet_of_verdict
from evidence.bell import ring_for_freezing
from evidence.populations.catalogue import UnknownPopulation, definition_of, definitions
from evidence.selectors.histories import record_place, sources_by_kind
from evidence.selectors.populations import freezing_by_id, frozen_populations, population_by_id, progress_of, reviews_of
from evidence.services.populations import Asked, ask_freeze, draft_population, retry_freeze, review_population
from evidence.sheets import Sheet, UnknownSubject, sheet_of_population, sheet_of_record, sheet_of_stream_run
from evidence.sheets.printing import NotPrinted, pdf_of

FILES = {"jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8"}


@extend_schema_field(OpenApiTypes.OBJECT)
class PlainField(serializers.JSONField):
    """An object as it was kept when the population was frozen."""


class PopulationSourceBody(serializers.Serializer):
    """An account that feeds a kind."""

    id = serializers.UUIDField()
    vendor = serializers.CharField()
    account = serializers.CharField()
    account_name = serializers.CharField(allow_blank=True)


class PopulationKindBody(serializers.Serializer):
    """One kind of population; `missing` says which source would feed it where `sources` is empty."""

    kind = serializers.CharField()
    title = serializers.CharField()
    meaning = serializers.CharField()
    missing = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    options = serializers.ListField(child=serializers.CharField(), help_text="Names of word lists that `options` may set.")
    sources = PopulationSourceBody(many=True)


class PopulationBody(serializers.Serializer):
    """A frozen population. `from_at` and `until_at` are half-open; `ids_digest` and `rows_digest` stand in the log under `log_position`."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    from_at = serializers.DateTimeField()
    until_at = serializers.DateTimeField()
    zone = serializers.CharField()
    row_count = serializers.IntegerField()
    independent_count = serializers.IntegerField(allow_null=True)
    ids_digest = serializers.CharField()
    rows_digest = serializers.CharField()
    csv_digest = serializers.CharField()
    gaps = serializers.IntegerField(help_text="Gaps of observation within the period.")
    frozen_at = serializers.DateTimeField()
    frozen_by = serializers.CharField()
    previous = serializers.UUIDField(allow_null=True)


class PopulationReviewBody(serializers.Serializer):
    """Who reviewed completeness and accuracy, and what came of it."""

    reviewed_by = serializers.CharField(read_only=True)
    reviewed_at = serializers.DateTimeField(read_only=True)
    note = serializers.CharField(max_length=4000)


class PopulationDetail(PopulationBody):
    """One frozen population with everything that says whether it is all."""

    definition = PlainField()
    gaps_told = PlainField()
    completeness = PlainField()
    reconciliation = PlainField()
    reviews = PopulationReviewBody(many=True)
    log_position = serializers.IntegerField(allow_null=True)


class PopulationPage(serializers.Serializer):
    """A page of frozen populations, latest first."""

    results = PopulationBody(many=True)
    next = serializers.URLField(allow_null=True)


class PopulationAsked(serializers.Serializer):
    """What to freeze. Days are counted in the organization's zone, ends included; `previous` makes it a top-up, from where that ended."""

    kind = serializers.CharField(max_length=40)
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    source = serializers.UUIDField(required=False, allow_null=True)
    previous = serializers.UUIDField(required=False, allow_null=True)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    options = serializers.DictField(child=serializers.ListField(child=serializers.CharField(max_length=100), max_length=20), required=False)


class FreezingBody(serializers.Serializer):
    """How far a freezing is. `state`: waiting, running, done or failed."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    state = serializers.CharField()
    stage = serializers.CharField(allow_blank=True)
    rows = serializers.IntegerField()
    trouble = serializers.CharField(allow_blank=True)
    population = serializers.UUIDField(allow_null=True)


class DraftBody(serializers.Serializer):
    """What would be frozen now. `rows` is null where there are too many records to count while you wait."""

    rows = serializers.IntegerField(allow_null=True)
    until_at = serializers.DateTimeField()
    first = PlainField(help_text="The first rows.")
    gaps = PlainField()
    left_out = PlainField()
    streams = PlainField()
    reconciliation = PlainField()
    definition = PlainField()


class SheetFactBody(serializers.Serializer):
    """One of the twelve facts; `known` false: nothing is known, and `values` says so in words."""

    number = serializers.IntegerField()
    label = serializers.CharField()
    known = serializers.BooleanField()
    values = serializers.ListField(child=serializers.CharField())


class SheetBody(serializers.Serializer):
    """An evidence sheet."""

    format = serializers.CharField()
    about = serializers.CharField()
    id = serializers.CharField()
    title = serializers.CharField()
    says = serializers.CharField()
    organization = serializers.CharField()
    made_at = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField())
    facts = SheetFactBody(many=True)
    digests = PlainField()
    log_position = serializers.IntegerField(allow_null=True)


class PopulationKindsRoute(OrganizationView):
    """Kinds of populations."""

    @extend_schema(operation_id="population_kinds_list", responses=PopulationKindBody(many=True))
    def get(self, request: Request) -> Response:
        """Every kind, with what feeds it."""
        sources = sources_by_kind()
        return Response([_kind(each, sources) for each in definitions().values()])


class PopulationDraftRoute(OrganizationView):
    """Drafts of populations."""

    @extend_schema(operation_id="populations_draft", request=PopulationAsked, responses=DraftBody)
    def post(self, request: Request) -> Response:
        """What would be frozen; nothing is kept."""
        asked, _title = _asked(request)
        draft = _refused(lambda: draft_population(asked, now=now()))
        gathered = draft.gathered
        return Response(
            {
                "rows": draft.rows, "until_at": draft.plan.until_at, "first": list(draft.first), "gaps": gathered.gaps,
                "left_out": dict(gathered.left_out), "streams": gathered.streams, "reconciliation": gathered.reconciliation,
                "definition": draft.plan.definition.told(),
            }
        )  # fmt: skip


class PopulationsRoute(OrganizationView):
    """Frozen populations."""

    write_right = Right.ACT_ON_CONTROLS

    @extend_schema(operation_id="populations_list", responses=PopulationPage, parameters=PAGING)
    def get(self, request: Request) -> Response:
        """Latest first."""
        return paged(request, frozen_populations(), order=["-frozen_at", "-id"], shown=_population)

    @extend_schema(operation_id="populations_create", request=PopulationAsked, responses={202: FreezingBody})
    def post(self, request: Request) -> Response:
        """Have one frozen; ask the freezing how far it is."""
        asked, title = _asked(request)
        made = _refused(lambda: ask_freeze(asked, actor=request.actor, title=title, now=now()))
        ring_for_freezing(request.organization.pk)
        return Response(_freezing(made), status=202)


class FreezingRoute(OrganizationView):
    """Freezings."""

    write_right = Right.ACT_ON_CONTROLS

    @extend_schema(operation_id="freezings_retrieve", responses=FreezingBody)
    def get(self, request: Request, freezing_id: uuid.UUID) -> Response:
        """How far it is."""
        return Response(_freezing(_found(freezing_by_id(freezing_id))))

    @extend_schema(operation_id="freezings_retry", request=None, responses={202: FreezingBody})
    def post(self, request: Request, freezing_id: uuid.UUID) -> Response:
        """Try a failed one again."""
        freezing = _found(freezing_by_id(freezing_id))
        _refused(lambda: retry_freeze(freezing, actor=request.actor))
        ring_for_freezing(request.organization.pk)
        return Response(_freezing(freezing), status=202)


class PopulationRoute(OrganizationView):
    """One frozen population."""

    @extend_schema(operation_id="populations_retrieve", responses=PopulationDetail)
    def get(self, request: Request, population_id: uuid.UUID) -> Response:
        """With definition, gaps, completeness, reconciliation and reviews."""
        population = _found(population_by_id(population_id))
        more = {
            "definition": population.definition, "gaps_told": population.gaps, "completeness": population.completeness,
            "reconciliation": population.reconciliation, "log_position": position_of(population.pk),
            "reviews": [{"reviewed_by": each.reviewed_by, "reviewed_at": each.reviewed_at, "note": each.note} for each in reviews_of(population.pk)],
        }  # fmt: skip
        return Response(_population(population) | more)


class PopulationReviewsRoute(OrganizationView):
    """Reviews of a population."""

    right = Right.ACT_ON_CONTROLS

    @extend_schema(operation_id="populations_reviews_create", request=PopulationReviewBody, responses={201: PopulationReviewBody})
    def post(self, request: Request, population_id: uuid.UUID) -> Response:
        """Say that completeness and accuracy were reviewed."""
        population = _found(population_by_id(population_id))
        body = PopulationReviewBody(data=request.data)
        body.is_valid(raise_exception=True)
        made = _refused(lambda: review_population(population, actor=request.actor, note=body.validated_data["note"], now=now()))
        return Response({"reviewed_by": made.reviewed_by, "reviewed_at": made.reviewed_at, "note": made.note}, status=201)


class PopulationRowsRoute(FileView):
    """The rows as files."""

    right = Right.EXPORT

    @extend_schema(operation_id="populations_rows_retrieve", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, population_id: uuid.UUID, form: str) -> HttpResponse:
        """`jsonl` or `csv`, as frozen; an entry on the trail."""
        population = _found(population_by_id(population_id))
        if form not in FILES:
            raise Http404("Rows come as jsonl or csv.")
        digest = population.jsonl if form == "jsonl" else population.csv
        with action(ActionName.EXPORT_DOWNLOADED, actor=request.actor, subject=population, detail={"form": form, "sha256": digest}):
            pass
        response = StreamingHttpResponse(open_blob(digest), content_type=FILES[form])
        response["Content-Disposition"] = f'attachment; filename="population-{population.kind}.{form}"'
        return response  # type: ignore[return-value]


class SheetRoute(OrganizationView):
    """Evidence sheets. The address says of what."""

    def sheet(self, **which: Any) -> Sheet:
        """The sheet asked for. Raises UnknownSubject."""
        if "population_id" in which:
            return sheet_of_population(_found(population_by_id(which["population_id"])))
        if "record_id" in which:
            return sheet_of_record(which["record_id"])
        if "verdict_id" in which:
            return sheet_of_verdict(which["verdict_id"])
        return sheet_of_stream_run(which["run_id"], which["fact_kind"])

    @extend_schema(operation_id="evidence_sheet_retrieve", responses=SheetBody)
    def get(self, request: Request, **which: Any) -> Response:
        """The twelve facts."""
        try:
            return Response(self.sheet(**which).as_json())
        except UnknownSubject as error:
            raise Http404("There is nothing of that id.") from error


@extend_schema_view(get=extend_schema(operation_id="populations_sheet_retrieve"))
class PopulationSheetRoute(SheetRoute):
    """Of a frozen population."""


@extend_schema_view(get=extend_schema(operation_id="records_sheet_retrieve"))
class RecordSheetRoute(SheetRoute):
    """Of a record."""


@extend_schema_view(get=extend_schema(operation_id="runs_sheets_retrieve"))
class ReadingSheetRoute(SheetRoute):
    """Of what a run did for one kind of fact."""


@extend_schema_view(get=extend_schema(operation_id="verdicts_sheet_retrieve"))
class VerdictSheetRoute(SheetRoute):
    """Of a verdict."""


class SheetPaperRoute(FileView):
    """The sheet of a population on paper."""

    @extend_schema(operation_id="populations_sheet_pdf", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, population_id: uuid.UUID, form: str) -> HttpResponse:
        """One page, PDF/UA (`sheet.pdf`)."""
        if form != "pdf":
            raise Http404("On paper a sheet comes as pdf; as JSON it stands under sheet/.")
        sheet = sheet_of_population(_found(population_by_id(population_id)))
        try:
            data = pdf_of(sheet)
        except NotPrinted as error:
            return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
        return file_answer(data, name=f"evidence-sheet-{population_id}.pdf", media_type="application/pdf")


class ReceiptRoute(FileView):
    """Receipts of populations and records."""

    @extend_schema(operation_id="receipts_retrieve", responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, **which: uuid.UUID) -> HttpResponse:
        """A C2SP tlog-proof; 404 while it is not sealed."""
        ref = next(iter(which.values()))
        _found(population_by_id(ref) if "population_id" in which else record_place(ref))
        try:
            data = receipt_of(ref)
        except NotSealed as error:
            raise Http404("This is not sealed yet; the log is sealed every few seconds.") from error
        return file_answer(data, name=f"{ref}.tlog-proof", media_type="text/plain; charset=utf-8")


@extend_schema_view(get=extend_schema(operation_id="populations_receipt_retrieve"))
class PopulationReceiptRoute(ReceiptRoute):
    """Of a frozen population."""


@extend_schema_view(get=extend_schema(operation_id="records_receipt_retrieve"))
class RecordReceiptRoute(ReceiptRoute):
    """Of a record."""


def _found(thing: Any) -> Any:
    if thing is None:
        raise Http404("There is nothing of that id.")
    return thing


def _refused(deed: Any) -> Any:
    try:
        return deed()
    except DjangoValidationError as error:
        raise serializers.ValidationError({"non_field_errors": error.messages}) from error


def _asked(request: Request) -> tuple[Asked, str]:
    body = PopulationAsked(data=request.data)
    body.is_valid(raise_exception=True)
    given, zone = body.validated_data, request.organization.zone
    try:
        definition = definition_of(given["kind"])
    except UnknownPopulation as error:
        raise serializers.ValidationError({"kind": "There is no population of that kind; see populations/kinds/."}) from error
    found = sources_by_kind()
    choices = {source.pk: source for kind in definition.kinds for source in found.get(kind, ())}
    source = choices.get(given.get("source"))
    if given.get("source") and source is None:
        raise serializers.ValidationError({"source": "This account does not feed the kind; see populations/kinds/."})
    previous = population_by_id(given["previous"]) if given.get("previous") else None
    if given.get("previous") and previous is None:
        raise serializers.ValidationError({"previous": "There is no such population."})
    try:
        from_at = datetime.combine(given["first_day"], time.min, zone)
        until_at = datetime.combine(given["last_day"] + timedelta(days=1), time.min, zone)
    except OverflowError as error:
        raise serializers.ValidationError({"last_day": "This day is too far from any that could have been observed."}) from error
    options = {name: tuple(words) for name, words in given.get("options", {}).items()}
    start = previous.until_at if previous else from_at
    return Asked(definition.kind, start, until_at, zone, source, options, previous), given.get("title", "")


def _kind(definition: Any, sources: Any) -> dict[str, Any]:
    feeding = {source.pk: source for kind in definition.kinds for source in sources.get(kind, ())}
    return {
        "kind": definition.kind, "title": definition.title, "meaning": definition.meaning, "missing": definition.missing,
        "columns": list(definition.columns) if definition.feeds else [], "options": [each.name for each in definition.options],
        "sources": [{"id": each.pk, "vendor": each.vendor, "account": each.account, "account_name": each.account_name} for each in feeding.values()],
    }  # fmt: skip


def _population(population: Any) -> dict[str, Any]:
    names = (
        "kind", "title", "from_at", "until_at", "zone", "row_count", "independent_count", "ids_digest", "rows_digest", "frozen_at", "frozen_by",
    )  # fmt: skip
    told = {name: getattr(population, name) for name in names}
    return {"id": population.pk, **told, "csv_digest": population.csv, "gaps": len(population.gaps), "previous": population.previous_id}


def _freezing(freezing: Any) -> dict[str, Any]:
    progress = progress_of(freezing.pk)
    return {
        "id": freezing.pk, "title": freezing.title, "state": freezing.state, "stage": progress.get("stage", ""), "rows": progress.get("rows", 0),
        "trouble": freezing.trouble, "population": freezing.population_id,
    }  # fmt: skip
