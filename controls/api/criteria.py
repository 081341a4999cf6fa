"""The criteria: which are answered by what, and how that stands."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.views import OrganizationView
from controls.api.asking import MOMENT, MomentBody, moment_asked, moment_shown
from controls.api.bodies import ControlStateField
from controls.reading import ORDER
from controls.selectors.controls import criteria, kinds_by_control, links_by_criterion
from controls.views.controls import overlaid


class AnswerBody(serializers.Serializer):
    """A control that answers to the criterion. `kind` is what decides it: `operation`, `design`, or `supporting` where no check does."""

    code = serializers.CharField()
    title = serializers.CharField()
    state = ControlStateField()
    kind = serializers.ChoiceField(choices=["operation", "design", "supporting"])


class CriterionBody(serializers.Serializer):
    """A criterion in our own words, with the controls that answer to it, worst first. Without any, it is a gap."""

    code = serializers.CharField()
    category = serializers.CharField()
    series = serializers.CharField()
    coso = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    summary = serializers.CharField()
    controls = AnswerBody(many=True)


class CriterionPage(serializers.Serializer):
    """All criteria in their order. `covered` counts those with at least one control."""

    moment = MomentBody()
    covered = serializers.IntegerField()
    total = serializers.IntegerField()
    results = CriterionBody(many=True)
    next = serializers.URLField(allow_null=True)


class CriteriaRoute(OrganizationView):
    """The matrix of criteria and controls."""

    @extend_schema(operation_id="criteria_list", responses=CriterionPage, parameters=MOMENT)
    def get(self, request: Request) -> Response:
        """Every criterion."""
        moment = moment_asked(request)
        rows, links, kinds = {row.id: row for row in overlaid(moment)}, links_by_criterion(), kinds_by_control()
        results = []
        for each in criteria():
            answering = sorted(
                (rows[key] for key in links.get(each.code, ()) if key in rows), key=lambda row: (ORDER.index(row.state), row.code)
            )
            results.append(
                {
                    "code": each.code, "category": each.category, "series": each.series, "coso": each.coso, "title": each.title,
                    "summary": each.summary,
                    "controls": [
                        {"code": row.code, "title": row.title, "state": row.state, "kind": _kind(kinds.get(row.id, set()))} for row in answering
                    ],
                }
            )  # fmt: skip
        covered = sum(1 for each in results if each["controls"])
        return Response({"moment": moment_shown(moment), "covered": covered, "total": len(results), "results": results, "next": None})


def _kind(own: set[str]) -> str:
    return next((each for each in ("operation", "design") if each in own), "supporting")
