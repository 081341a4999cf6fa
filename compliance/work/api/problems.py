"""Problems: what a person has to fix."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.paging import paged
from compliance.api.views import OrganizationView
from compliance.work.models import Problem
from compliance.work.selectors.listing import ORDER, problems_open

SEVERITIES = ["critical", "high", "medium", "low"]


class ProblemBody(serializers.Serializer):
    """An open problem, keyed by its cause: one lost permission is one problem, however many checks it blinds."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    detail = serializers.CharField()
    remedy = serializers.CharField()
    severity = serializers.ChoiceField(choices=SEVERITIES)
    about_kind = serializers.CharField()
    about_id = serializers.UUIDField(allow_null=True)
    affected = serializers.IntegerField(help_text="Checks that cannot be relied upon because of it.")
    owner = serializers.CharField(allow_blank=True)
    opened_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)


class ProblemPage(serializers.Serializer):
    """A page of problems."""

    results = ProblemBody(many=True)
    next = serializers.URLField(allow_null=True)


class ProblemQuery(serializers.Serializer):
    """What may be asked."""

    about = serializers.UUIDField(required=False)


def shown(problem: Problem) -> dict[str, Any]:
    """A problem as plain data."""
    names = ("id", "title", "detail", "remedy", "severity", "about_kind", "about_id", "affected", "opened_at", "last_seen_at", "due_at")
    return {name: getattr(problem, name) for name in names} | {"owner": str(problem.owner.user) if problem.owner else ""}


class ProblemsRoute(OrganizationView):
    """Open problems."""

    @extend_schema(
        operation_id="problems_list",
        responses=ProblemPage,
        parameters=[ProblemQuery, *(OpenApiParameter(name, str) for name in ("cursor", "limit"))],
    )
    def get(self, request: Request) -> Response:
        """Those that blind most first; `?about=` a connection's id, only what concerns it."""
        query = ProblemQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        return paged(request, problems_open(about_id=query.validated_data.get("about")), order=ORDER, shown=shown)
