"""What a member was told and how, and the channels of the organization, over the API."""

import uuid
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.paging import paged
from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from compliance.work.models import Notice, Preference, TeamWebhook
from compliance.work.models.notice import EVENTS
from compliance.work.models.preference import MODES
from compliance.work.selectors.notices import ORDER, notices_of, preference_of, webhook_by_id, webhooks
from compliance.work.services.notices import read_notices
from compliance.work.services.preferences import set_preference
from compliance.work.services.webhooks import add_webhook, remove_webhook


class NoticeBody(serializers.Serializer):
    """One thing a member was told. `path` is the page inside the organization."""

    id = serializers.UUIDField()
    event = serializers.ChoiceField(choices=EVENTS)
    title = serializers.CharField()
    body = serializers.CharField(allow_blank=True)
    path = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class NoticePage(serializers.Serializer):
    """A page of notices."""

    results = NoticeBody(many=True)
    next = serializers.URLField(allow_null=True)


class ReadBody(serializers.Serializer):
    """Which are read; all, where none is named."""

    notices = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=500)


class CountBody(serializers.Serializer):
    """How many were unread."""

    count = serializers.IntegerField()


class PreferenceBody(serializers.Serializer):
    """How a member wants to be told; hours are those of `zone`, or of the organization's where that is empty."""

    mail = serializers.ChoiceField(choices=MODES)
    digest_hour = serializers.IntegerField(min_value=0, max_value=23)
    quiet_from = serializers.IntegerField(min_value=0, max_value=23)
    quiet_until = serializers.IntegerField(min_value=0, max_value=23)
    zone = serializers.CharField(allow_blank=True, max_length=64)
    muted = serializers.ListField(child=serializers.ChoiceField(choices=EVENTS))
    daily_budget = serializers.IntegerField(min_value=1, max_value=500)


class ChannelBody(serializers.Serializer):
    """A team channel. Its address goes in and never comes out."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=80)
    way = serializers.ChoiceField(choices=["slack", "teams"])
    url = serializers.CharField(write_only=True, max_length=1000)
    host = serializers.CharField(read_only=True)
    events = serializers.ListField(child=serializers.ChoiceField(choices=EVENTS), min_length=1)


def _notice(notice: Notice) -> dict[str, Any]:
    return {name: getattr(notice, name) for name in ("id", "event", "title", "body", "path", "at", "read_at", "ended_at")}


def _preference(preference: Preference) -> dict[str, Any]:
    return {name: getattr(preference, name) for name in PreferenceBody().fields}


def _channel(webhook: TeamWebhook) -> dict[str, Any]:
    return {name: getattr(webhook, name) for name in ("id", "name", "way", "host", "events")}


class NoticesRoute(OrganizationView):
    """What the caller was told."""

    right = None

    @extend_schema(
        operation_id="notices_list", responses=NoticePage, parameters=[OpenApiParameter(name, str) for name in ("cursor", "limit")]
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        return paged(request, notices_of(request.membership.pk), order=ORDER, shown=_notice)


class NoticesReadRoute(OrganizationView):
    """Marking as read."""

    right = None

    @extend_schema(operation_id="notices_read", request=ReadBody, responses=CountBody)
    def post(self, request: Request) -> Response:
        """The caller's notices named, or all of them."""
        body = ReadBody(data=request.data)
        body.is_valid(raise_exception=True)
        count = read_notices(actor=request.actor, recipient=request.membership.pk, notices=body.validated_data.get("notices"), now=now())
        return Response({"count": count})


class PreferenceRoute(OrganizationView):
    """How the caller wants to be told."""

    right = None

    @extend_schema(operation_id="preference", responses=PreferenceBody)
    def get(self, request: Request) -> Response:
        """What was chosen, or what holds where nothing was."""
        return Response(_preference(preference_of(request.membership.pk) or Preference()))

    @extend_schema(operation_id="preference_set", request=PreferenceBody, responses=PreferenceBody)
    def put(self, request: Request) -> Response:
        """Choose."""
        body = PreferenceBody(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(_preference(set_preference(actor=request.actor, member=request.membership, **body.validated_data)))


class ChannelsRoute(OrganizationView):
    """Team channels that read along."""

    right = Right.MANAGE_ORGANIZATION

    @extend_schema(operation_id="channels_list", responses=ChannelBody(many=True))
    def get(self, request: Request) -> Response:
        """By name."""
        return Response([_channel(each) for each in webhooks()])

    @extend_schema(operation_id="channel_add", request=ChannelBody, responses={201: ChannelBody})
    def post(self, request: Request) -> Response:
        """Add one."""
        body = ChannelBody(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(_channel(add_webhook(actor=request.actor, now=now(), **body.validated_data)), status=201)


class ChannelRoute(OrganizationView):
    """One team channel."""

    right = Right.MANAGE_ORGANIZATION

    @extend_schema(operation_id="channel_remove", responses={204: None})
    def delete(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Forget it and its address."""
        found = webhook_by_id(webhook_id)
        if found is None:
            raise Http404
        remove_webhook(actor=request.actor, webhook=found)
        return Response(status=204)
