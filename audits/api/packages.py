"""Packages through the API."""

from django.core.exceptions import ValidationError as FormError
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from audits.forms.exports import scope_asked
from audits.packages.scopes import KINDS
from audits.views.exports import streamed
from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.tenancy.clock import now as clock_of


class PackageBody(serializers.Serializer):
    """What goes into the package. Days count in the organization's zone, ends included; without them, those of the latest period."""

    scope = serializers.ChoiceField(choices=KINDS)
    ref = serializers.CharField(required=False, allow_blank=True, max_length=80, help_text="code of the control, or id of the population")
    first_day = serializers.DateField(required=False)
    last_day = serializers.DateField(required=False)


class PackagesRoute(OrganizationView):
    """`POST` streams a package."""

    right = Right.EXPORT

    @extend_schema(request=PackageBody, responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def post(self, request: Request) -> StreamingHttpResponse:
        """A package as one ZIP file, streamed. It is stated on the trail and in the log; how to verify it stands inside."""
        body = PackageBody(data=request.data)
        body.is_valid(raise_exception=True)
        now = clock_of()
        given = {name: str(value) for name, value in body.validated_data.items()}
        try:
            scope = scope_asked(given, role=request.membership.role, zone=request.organization.time_zone, now=now)
        except FormError as error:
            raise serializers.ValidationError(error.message_dict) from error
        return streamed(request, scope, now)
