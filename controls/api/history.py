"""What was known at an instant, by API: streams and the set of controls, and what differs between two instants."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.paging import limit_of
from compliance.api.views import OrganizationView
from controls.api.asking import MOMENT, PAGING, cursor_asked, moment_asked, page_of, text_key
from controls.selectors.moments import BadMoment, instant_told
from controls.selectors.then import control_differences, control_set
from evidence.selectors.then import difference, stream_at, stream_by_id, streams

EARLIER = OpenApiParameter("earlier", str, required=True, description="The earlier of both, a day (its last second) or an instant.")


@extend_schema_field(OpenApiTypes.OBJECT)
class ThenFactField(serializers.JSONField):
    """A fact as recorded."""


class StreamBody(serializers.Serializer):
    """A stream: all facts of one kind out of one account."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    vendor = serializers.CharField()
    account = serializers.CharField()
    observed_until = serializers.DateTimeField(allow_null=True)


class ThenBody(serializers.Serializer):
    """One subject that was there at the instant, with the record in force."""

    subject_id = serializers.UUIDField()
    key = serializers.CharField()
    name = serializers.CharField()
    record_id = serializers.UUIDField()
    since = serializers.DateTimeField()
    fact = ThenFactField()


class ThenPage(serializers.Serializer):
    """A page of them, by key."""

    at = serializers.DateTimeField()
    results = ThenBody(many=True)
    next = serializers.URLField(allow_null=True)


class FieldDifferenceBody(serializers.Serializer):
    """A field that differs, with both values as text."""

    name = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class SubjectDifferenceBody(serializers.Serializer):
    """One subject that differs: added, gone or changed."""

    subject_id = serializers.UUIDField()
    key = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    fields = FieldDifferenceBody(many=True)


class SubjectDifferencePage(serializers.Serializer):
    """A page of differences, by key."""

    earlier = serializers.DateTimeField()
    later = serializers.DateTimeField()
    results = SubjectDifferenceBody(many=True)
    next = serializers.URLField(allow_null=True)


class ControlThenBody(serializers.Serializer):
    """One control in force: owner by the trail, parameters per check as text."""

    code = serializers.CharField()
    title = serializers.CharField()
    frequency = serializers.CharField()
    owner = serializers.CharField()
    criteria = serializers.ListField(child=serializers.CharField())
    parameters = serializers.DictField(child=serializers.CharField())


class ControlDifferenceBody(serializers.Serializer):
    """How one control differs: added, gone or changed."""

    code = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    fields = FieldDifferenceBody(many=True)


class StreamsRoute(OrganizationView):
    """Streams."""

    @extend_schema(operation_id="streams_list", responses=StreamBody(many=True))
    def get(self, request: Request) -> Response:
        """Every stream that was ever read."""
        return Response(
            [
                {
                    "id": each.pk,
                    "kind": each.kind,
                    "vendor": each.vendor,
                    "account": each.source.account,
                    "observed_until": each.observed_until,
                }
                for each in streams()
            ]
        )


class StreamThenRoute(OrganizationView):
    """A stream as of an instant."""

    @extend_schema(operation_id="streams_subjects_list", responses=ThenPage, parameters=[*MOMENT, *PAGING])
    def get(self, request: Request, stream_id: uuid.UUID) -> Response:
        """Who was there, by key."""
        stream, moment, limit = _stream(stream_id), moment_asked(request), limit_of(request)
        rows = stream_at(stream, moment.at, after=_after(request), limit=limit + 1)
        return page_of(request, rows, limit, lambda each: (each.key,), _then, at=moment.at)


class StreamDifferenceRoute(OrganizationView):
    """What differs in a stream between two instants."""

    @extend_schema(operation_id="streams_difference_list", responses=SubjectDifferencePage, parameters=[EARLIER, *MOMENT, *PAGING])
    def get(self, request: Request, stream_id: uuid.UUID) -> Response:
        """Who was added, is gone or changed, field by field, by key."""
        stream, moment, limit = _stream(stream_id), moment_asked(request), limit_of(request)
        earlier = _earlier(request, moment.at)
        rows = difference(stream, earlier, moment.at, after=_after(request), limit=limit + 1)
        return page_of(request, rows, limit, lambda each: (each.key,), _different, earlier=earlier, later=moment.at)


class ControlSetRoute(OrganizationView):
    """The set of controls as of an instant."""

    @extend_schema(operation_id="history_controls_list", responses=ControlThenBody(many=True), parameters=MOMENT)
    def get(self, request: Request) -> Response:
        """Controls in force, by code."""
        names = ("code", "title", "frequency", "owner", "criteria", "parameters")
        return Response([{name: getattr(each, name) for name in names} for each in control_set(moment_asked(request).at)])


class ControlDifferenceRoute(OrganizationView):
    """What differs in the set of controls between two instants."""

    @extend_schema(
        operation_id="history_controls_difference_list", responses=ControlDifferenceBody(many=True), parameters=[EARLIER, *MOMENT]
    )
    def get(self, request: Request) -> Response:
        """By code."""
        moment = moment_asked(request)
        found = control_differences(_earlier(request, moment.at), moment.at)
        return Response([{"code": each.code, "title": each.title, "kind": each.kind, "fields": _fields(each.fields)} for each in found])


def _stream(stream_id: uuid.UUID) -> uuid.UUID:
    if stream_by_id(stream_id) is None:
        raise Http404("There is no such stream.")
    return stream_id


def _after(request: Request) -> str:
    return (cursor_asked(request, (text_key,)) or ("",))[0]


def _earlier(request: Request, later: datetime) -> datetime:
    try:
        earlier = instant_told(request.query_params.get("earlier", ""), request.organization.zone)
    except BadMoment as error:
        raise serializers.ValidationError({"earlier": str(error).replace("?at=", "?earlier=")}) from error
    if earlier > later:
        raise serializers.ValidationError({"earlier": "This lies after the other instant; exchange them."})
    return earlier


def _then(each: Any) -> dict[str, Any]:
    names = ("subject_id", "key", "name", "record_id", "since")
    return {name: getattr(each, name) for name in names} | {"fact": json.loads(each.fact)}


def _different(each: Any) -> dict[str, Any]:
    names = ("subject_id", "key", "name", "kind", "at")
    return {name: getattr(each, name) for name in names} | {"fields": _fields(each.fields)}


def _fields(fields: Any) -> list[dict[str, str]]:
    return [{"name": name, "before": before, "after": after} for name, before, after in fields]
