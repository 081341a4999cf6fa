"""The control library: what may be adopted, and adopting it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from controls.catalogue.entries import LibraryControl
from controls.selectors.controls import adopted_codes
from controls.services.adoption import adopt_controls, library


class LinkBody(serializers.Serializer):
    """A criterion that the control answers to, with the rationale for this pair."""

    code = serializers.CharField()
    rationale = serializers.CharField()


class CheckLinkBody(serializers.Serializer):
    """A monitoring check that speaks of the control."""

    check_id = serializers.CharField()
    kind = serializers.ChoiceField(choices=["design", "operation", "supporting"])
    rationale = serializers.CharField()


class LibraryEntry(serializers.Serializer):
    """A control as the library proposes it."""

    code = serializers.CharField()
    area = serializers.CharField()
    title = serializers.CharField()
    statement = serializers.CharField()
    type = serializers.CharField()
    nature = serializers.CharField()
    key = serializers.BooleanField()
    frequency = serializers.CharField()
    owner_role = serializers.CharField()
    typical_evidence = serializers.ListField(child=serializers.CharField())
    criteria = LinkBody(many=True)
    checks = CheckLinkBody(many=True)
    adopted = serializers.BooleanField()


class LibraryPage(serializers.Serializer):
    """The whole library of this version."""

    results = LibraryEntry(many=True)
    next = serializers.URLField(allow_null=True)


class AdoptionBody(serializers.Serializer):
    """Which controls to adopt."""

    codes = serializers.ListField(child=serializers.CharField(max_length=20), min_length=1, max_length=500)


class AdoptedBody(serializers.Serializer):
    """Which were adopted now; those that stood already are left alone."""

    adopted = serializers.ListField(child=serializers.CharField())


class LibraryRoute(OrganizationView):
    """The library."""

    right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="library_list", responses=LibraryPage)
    def get(self, request: Request) -> Response:
        """All controls of the library by code, with what is adopted."""
        adopted = adopted_codes()
        return Response({"results": [_shown(each, adopted) for each in library().values()], "next": None})

    @extend_schema(operation_id="library_adopt", request=AdoptionBody, responses={201: AdoptedBody})
    def post(self, request: Request) -> Response:
        """Adopt controls: their checks are set up, and what these need to know is demanded from the collectors."""
        body = AdoptionBody(data=request.data)
        body.is_valid(raise_exception=True)
        codes = body.validated_data["codes"]
        unknown = sorted(set(codes) - set(library()))
        if unknown:
            raise serializers.ValidationError({"codes": f"The library has no {', '.join(unknown[:20])}; see the library for its codes."})
        controls = adopt_controls(actor=request.actor, codes=codes, now=now())
        return Response({"adopted": [each.code for each in controls]}, status=201)


def _shown(entry: LibraryControl, adopted: frozenset[str]) -> dict[str, Any]:
    return {
        "code": entry.code, "area": entry.area, "title": entry.title, "statement": entry.statement, "type": entry.type.value,
        "nature": entry.nature.value, "key": entry.key, "frequency": entry.frequency.value, "owner_role": entry.default_owner_role,
        "typical_evidence": entry.typical_evidence, "criteria": [{"code": each.code, "rationale": each.rationale} for each in entry.criteria],
        "checks": [{"check_id": each.id, "kind": each.kind.value, "rationale": each.rationale} for each in entry.checks],
        "adopted": entry.code in adopted,
    }  # fmt: skip
