"""The organization itself, and which ones the caller may enter."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.api.views import OrganizationView
from compliance.members.models import ApiToken
from compliance.members.roles import Right
from compliance.members.selectors.entering import memberships_of
from compliance.members.services.organizations import change_organization
from compliance.tenancy.models import Organization


class OrganizationBody(serializers.Serializer):
    """An organization."""

    name = serializers.CharField(max_length=120)
    slug = serializers.CharField(max_length=50)
    time_zone = serializers.CharField(max_length=64)
    first_weekday = serializers.IntegerField(min_value=0, max_value=6, help_text="0 is Monday.")
    holidays = serializers.ListField(child=serializers.DateField(), max_length=1000)
    idle_minutes = serializers.IntegerField(min_value=5, max_value=10080)


class OrganizationEntry(serializers.Serializer):
    """An organization that the caller may enter, and as what."""

    name = serializers.CharField()
    slug = serializers.CharField()
    role = serializers.CharField()


def _shown(organization: Organization) -> dict[str, Any]:
    return {name: getattr(organization, name) for name in ("name", "slug", "time_zone", "first_weekday", "holidays", "idle_minutes")}


class OrganizationRoute(OrganizationView):
    """Read by any member; changed by admins."""

    right = None
    write_right = Right.MANAGE_ORGANIZATION

    @extend_schema(responses=OrganizationBody)
    def get(self, request: Request) -> Response:
        """Name, zone, week, holidays."""
        return Response(_shown(request.organization))

    @extend_schema(request=OrganizationBody(partial=True), responses=OrganizationBody)
    def patch(self, request: Request) -> Response:
        """Change what is given, leave the rest."""
        body = OrganizationBody(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        present = OrganizationBody(data=_shown(request.organization))
        present.is_valid(raise_exception=True)
        return Response(_shown(change_organization(actor=request.actor, **present.validated_data | body.validated_data)))


class OrganizationsRoute(APIView):
    """Which organizations the caller may enter: for a token, its own."""

    @extend_schema(responses=OrganizationEntry(many=True))
    def get(self, request: Request) -> Response:
        """By name."""
        mine = [request.auth.membership] if isinstance(request.auth, ApiToken) else memberships_of(request.user.pk)
        return Response([{"name": each.organization.name, "slug": each.organization.slug, "role": each.role} for each in mine])
