"""Categories of systems that the company says it does not have, over the API."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from people.bell import ring_for_pairing
from people.models import UnusedSystem
from people.selectors.accounts import unused_systems
from people.services.decisions import LONGEST_WHY, declare_unused, declare_used
from people.systems import DECLARABLE


class UnusedBody(serializers.Serializer):
    """A category of which the company has no system, and why."""

    category = serializers.CharField(max_length=20, help_text=f"One of {', '.join(DECLARABLE)}.")
    reason = serializers.CharField(max_length=LONGEST_WHY)


class UnusedEntry(UnusedBody):
    """The same, with who said so and when."""

    decided_by = serializers.CharField()
    since = serializers.DateTimeField()


class UnusedList(serializers.Serializer):
    """All of them; there are never more than categories."""

    results = UnusedEntry(many=True)


class UnusedSystemsRoute(OrganizationView):
    """Systems the company does not have."""

    write_right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="people_unused_systems_list", responses=UnusedList)
    def get(self, request: Request) -> Response:
        """By category. Joins do not wait for these."""
        return Response({"results": [_shown(row) for _category, row in sorted(unused_systems().items())]})

    @extend_schema(operation_id="people_unused_systems_declare", request=UnusedBody, responses={201: UnusedEntry})
    def post(self, request: Request) -> Response:
        """Say that the company has no such system. Said already, the reason is replaced; joined facts follow with the next pairing."""
        body = UnusedBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        try:
            declare_unused(actor=request.actor, category=given["category"], reason=given["reason"], now=now())
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict) from error
        ring_for_pairing(request.organization.pk)
        return Response(_shown(unused_systems()[given["category"]]), status=201)


class UnusedSystemRoute(OrganizationView):
    """One of them."""

    right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="people_unused_systems_withdraw", responses={204: None})
    def delete(self, request: Request, system_category: str) -> Response:
        """The company has such a system after all: until it is read, joins pass nobody."""
        if system_category not in unused_systems():
            raise Http404("Nobody said that there is no such system.")
        declare_used(actor=request.actor, category=system_category, now=now())
        ring_for_pairing(request.organization.pk)
        return Response(status=204)


def _shown(row: UnusedSystem) -> dict[str, Any]:
    return {"category": row.category, "reason": row.reason, "decided_by": row.decided_by, "since": row.since}
