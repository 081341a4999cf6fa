"""Subjects: what was observed of them over time, what was judged, the raw answers behind it, and their place in the log."""

import json
import re
import uuid
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.paging import limit_of, paged
from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.trail.action import action
from compliance.trail.names import ActionName
from compliance.vault.answers import FileView, file_answer
from compliance.vault.selectors.blobs import UnknownBlob, read_blob, redactions_of
from compliance.vault.selectors.log import position_of, proof_of
from compliance.vault.store import BlobMissing
from controls.api.asking import MOMENT, PAGING, MomentBody, cursor_asked, id_key, instant_key, moment_asked, moment_shown, page_of
from controls.api.bodies import OutcomeField
from controls.outcomes import Outcome
from controls.registry import definitions
from controls.selectors.points import VerdictOfSubject
from controls.selectors.subjects import verdicts_page
from evidence.selectors.records import record_at
from evidence.selectors.subjects import has_page, has_record, records_of, subject_by_id

SHA256 = re.compile(r"[0-9a-f]{64}")


@extend_schema_field(OpenApiTypes.OBJECT)
class FactField(serializers.JSONField):
    """A fact: vendor-neutral fields of one kind and version."""


class SubjectStream(serializers.Serializer):
    """Where the subject was seen."""

    vendor = serializers.CharField()
    kind = serializers.CharField()
    account = serializers.CharField()
    account_name = serializers.CharField(allow_blank=True)


class RecordBody(serializers.Serializer):
    """One change of the subject. `fact` is null where it was gone, or was deleted since. `digest` is the SHA-256 of the fact's canonical text; `pages` are those
    of the raw answers it was made from."""

    id = serializers.UUIDField()
    run_id = serializers.UUIDField()
    observed_at = serializers.DateTimeField()
    gone = serializers.BooleanField()
    version = serializers.IntegerField()
    digest = serializers.CharField(allow_null=True)
    pages = serializers.ListField(child=serializers.CharField())
    fact = FactField(allow_null=True)


class SubjectBody(serializers.Serializer):
    """A subject as of the instant told of. `record` is the record in force then, null before it was first seen; `log_position` is where
    that record stands in the log, null while it is not sealed."""

    id = serializers.UUIDField()
    key = serializers.CharField()
    name = serializers.CharField()
    region = serializers.CharField(allow_blank=True)
    stream = SubjectStream()
    moment = MomentBody()
    record = RecordBody(allow_null=True)
    log_position = serializers.IntegerField(allow_null=True)


class RecordPage(serializers.Serializer):
    """A page of records, newest first."""

    results = RecordBody(many=True)
    next = serializers.URLField(allow_null=True)


class VerdictBody(serializers.Serializer):
    """A verdict interval. `until` is null while it lasts (or lasted, as of `at`)."""

    check_id = serializers.CharField()
    title = serializers.CharField()
    outcome = OutcomeField()
    reason = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    record_id = serializers.UUIDField()


class VerdictPage(serializers.Serializer):
    """A page of verdicts: those that last first, then by their end."""

    moment = MomentBody()
    results = VerdictBody(many=True)
    next = serializers.URLField(allow_null=True)


class SubjectRoute(OrganizationView):
    """One subject."""

    @extend_schema(operation_id="subjects_retrieve", responses=SubjectBody, parameters=MOMENT)
    def get(self, request: Request, subject_id: uuid.UUID) -> Response:
        """What was known of it then."""
        subject, moment = _found(subject_id), moment_asked(request)
        record = record_at(subject.pk, moment.at)
        source = subject.stream.source
        return Response(
            {
                "id": subject.pk, "key": subject.key, "name": subject.name or subject.key, "region": subject.region,
                "stream": {
                    "vendor": subject.stream.vendor, "kind": subject.stream.kind, "account": source.account, "account_name": source.account_name,
                },
                "moment": moment_shown(moment), "record": _record(record) if record else None,
                "log_position": position_of(record.pk) if record else None,
            }
        )  # fmt: skip


class RecordsRoute(OrganizationView):
    """Facts over time."""

    @extend_schema(operation_id="subjects_records_list", responses=RecordPage, parameters=[*MOMENT, *PAGING])
    def get(self, request: Request, subject_id: uuid.UUID) -> Response:
        """One record per change, up to the instant told of."""
        found = records_of(_found(subject_id).pk, moment_asked(request).at)
        return paged(request, found, order=["-observed_at", "-id"], shown=_record)


class VerdictsRoute(OrganizationView):
    """What was judged."""

    @extend_schema(operation_id="subjects_verdicts_list", responses=VerdictPage, parameters=[*MOMENT, *PAGING])
    def get(self, request: Request, subject_id: uuid.UUID) -> Response:
        """Verdict intervals as known at the instant told of."""
        subject, moment, limit = _found(subject_id), moment_asked(request), limit_of(request)
        after = cursor_asked(request, (instant_key, id_key))
        found = verdicts_page(subject.pk, moment.at, after=after, limit=limit + 1)
        return page_of(
            request, found, limit, lambda each: (each[0].until, each[1]), lambda each: _verdict(each[0]), moment=moment_shown(moment)
        )


class RawRoute(FileView):
    """Raw answers of vendors."""

    right = Right.SEE_RAW

    @extend_schema(operation_id="subjects_raw_retrieve", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, subject_id: uuid.UUID, digest: str) -> HttpResponse:
        """The bytes of that SHA-256, verified; reading them is an entry on the trail. What was taken out before they were hashed is told in
        the header `X-Redactions`, a JSON list of texts, empty where they are as received."""
        subject = _found(subject_id)
        if not SHA256.fullmatch(digest) or not has_page(subject.pk, digest):
            raise Http404("This subject has no such page.")
        try:
            data, removed = read_blob(digest), redactions_of(digest)
        except (UnknownBlob, BlobMissing, ValueError) as error:
            raise Http404("This page is not kept, or cannot be verified.") from error
        with action(ActionName.RAW_RESPONSE_VIEWED, actor=request.actor, subject=subject, detail={"sha256": digest}):
            pass
        response = file_answer(data, name=f"{digest[:16]}.bin", media_type="application/octet-stream")
        response["X-Redactions"] = json.dumps(removed)
        return response


class ProofRoute(FileView):
    """Inclusion proofs of records."""

    @extend_schema(operation_id="subjects_proof_retrieve", responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, subject_id: uuid.UUID, record_id: uuid.UUID) -> HttpResponse:
        """As a `.tlog-proof` file (C2SP tlog-proof). 404 while the record is not sealed."""
        if not has_record(_found(subject_id).pk, record_id):
            raise Http404("This subject has no such record.")
        found = proof_of(record_id)
        if found is None:
            raise Http404("This record is not sealed yet; the log is sealed every few seconds.")
        return file_answer(found[1].encode(), name=f"{record_id}.tlog-proof", media_type="text/plain; charset=utf-8")


def _found(subject_id: uuid.UUID) -> Any:
    subject = subject_by_id(subject_id)
    if subject is None:
        raise Http404("There is no such subject.")
    return subject


def _record(record: Any) -> dict[str, Any]:
    return {
        "id": record.pk, "run_id": record.run_id, "observed_at": record.observed_at, "gone": record.gone, "version": record.version,
        "digest": bytes(record.digest).hex() if record.digest else None, "pages": record.pages.split(),
        "fact": json.loads(record.fact) if record.fact else None,
    }  # fmt: skip


def _verdict(verdict: VerdictOfSubject) -> dict[str, Any]:
    known = definitions()
    return {
        "check_id": verdict.check_id, "title": known[verdict.check_id].title if verdict.check_id in known else verdict.check_id,
        "outcome": Outcome(verdict.outcome).word, "reason": verdict.reason, "since": verdict.since, "until": verdict.until,
        "record_id": verdict.record_id,
    }  # fmt: skip
