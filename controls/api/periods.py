"""Observation periods."""

import uuid
from typing import Any

from django.db import IntegrityError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.errors import Conflict
from compliance.api.paging import paged
from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from controls.api.asking import PAGING
from controls.models import Period
from controls.selectors.periods import period_by_id, periods
from controls.services.periods import advice, change_period, set_period

FIELDS = ("name", "first_day", "last_day", "fieldwork_first_day", "fieldwork_last_day", "report_due_day")
TWICE = "A period with these days stands already; change that one, or choose other days."


class PeriodBody(serializers.Serializer):
    """From `first_day` to `last_day`, ends included, counted in the organization's zone."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=120)
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    fieldwork_first_day = serializers.DateField(allow_null=True, required=False)
    fieldwork_last_day = serializers.DateField(allow_null=True, required=False)
    report_due_day = serializers.DateField(allow_null=True, required=False)
    days = serializers.IntegerField(read_only=True)
    advice = serializers.CharField(read_only=True, help_text="What to consider about the length; empty when nothing.")


class PeriodChange(PeriodBody):
    """What changes, and why."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class PeriodPage(serializers.Serializer):
    """A page of periods."""

    results = PeriodBody(many=True)
    next = serializers.URLField(allow_null=True)


class PeriodsRoute(OrganizationView):
    """All periods."""

    write_right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="periods_list", responses=PeriodPage, parameters=PAGING)
    def get(self, request: Request) -> Response:
        """Latest first."""
        return paged(request, periods(), order=["-first_day", "-id"], shown=_shown)

    @extend_schema(operation_id="periods_create", request=PeriodBody, responses={201: PeriodBody})
    def post(self, request: Request) -> Response:
        """A new period. 409 where one of the same days stands."""
        body = PeriodBody(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            period = set_period(actor=request.actor, **body.validated_data)
        except IntegrityError as error:
            raise Conflict(TWICE) from error
        return Response(_shown(period), status=201)


class PeriodRoute(OrganizationView):
    """One period."""

    write_right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="periods_retrieve", responses=PeriodBody)
    def get(self, request: Request, period_id: uuid.UUID) -> Response:
        """Its days, and what to consider about its length."""
        return Response(_shown(_found(period_id)))

    @extend_schema(operation_id="periods_update", request=PeriodChange(partial=True), responses=PeriodBody)
    def patch(self, request: Request, period_id: uuid.UUID) -> Response:
        """Change what is given, leave the rest. Needs a reason only in so far as an auditor will ask for one."""
        period = _found(period_id)
        body = PeriodChange(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        reason = body.validated_data.pop("reason", "")
        if not body.validated_data:
            raise serializers.ValidationError({"": f"Give at least one of {', '.join(FIELDS)}."})
        try:
            return Response(_shown(change_period(actor=request.actor, period=period, reason=reason, **body.validated_data)))
        except IntegrityError as error:
            raise Conflict(TWICE) from error


def _found(period_id: uuid.UUID) -> Period:
    period = period_by_id(period_id)
    if period is None:
        raise Http404("There is no such period.")
    return period


def _shown(period: Period) -> dict[str, Any]:
    return {
        "id": period.pk, **{name: getattr(period, name) for name in FIELDS}, "days": (period.last_day - period.first_day).days + 1,
        "advice": advice(period.first_day, period.last_day),
    }  # fmt: skip
