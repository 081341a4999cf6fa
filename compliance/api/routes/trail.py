"""The trail."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.paging import paged
from compliance.api.views import OrganizationView
from compliance.members.forms.trail import TrailForm
from compliance.members.roles import Right
from compliance.trail.models import Entry


class EntryBody(serializers.Serializer):
    """An entry: who did what, when and why."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    action = serializers.CharField()
    actor_kind = serializers.CharField()
    actor_id = serializers.UUIDField(allow_null=True)
    actor = serializers.CharField()
    subject_kind = serializers.CharField()
    subject_id = serializers.UUIDField(allow_null=True)
    subject = serializers.CharField()
    reason = serializers.CharField()
    detail = serializers.DictField()


class TrailBody(serializers.Serializer):
    """A page of entries."""

    results = EntryBody(many=True)
    next = serializers.URLField(allow_null=True)


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "at": entry.at,
        "action": entry.name,
        "actor_kind": entry.actor_kind,
        "actor_id": entry.actor_id,
        "actor": entry.actor_name,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "subject": entry.subject_name,
        "reason": entry.reason,
        "detail": entry.detail,
    }


class TrailRoute(OrganizationView):
    """Newest first."""

    right = Right.SEE_TRAIL

    @extend_schema(
        responses=TrailBody,
        parameters=[OpenApiParameter(name, str) for name in ("noun", "who", "about", "first", "last", "cursor", "limit")],
    )
    def get(self, request: Request) -> Response:
        """Filtered as on the page: `noun` (first part of the action), `who`, `about`, `first` and `last` day in the organization's zone."""
        form = TrailForm(request.query_params)
        if not form.is_valid():
            raise serializers.ValidationError({name: list(messages) for name, messages in form.errors.items()})
        entries = form.as_filter(request.organization.zone).apply(Entry.objects.all())
        return paged(request, entries, order=["-id"], shown=_shown)
