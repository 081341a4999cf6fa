"""Checks: what they claim, how they stand over time, whom they speak of, and what a person can do about them."""

import inspect
from collections.abc import Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.paging import limit_of, paged
from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from controls.api.asking import MOMENT, PAGING, MomentBody, cursor_asked, id_key, moment_asked, moment_shown, page_of, text_key
from controls.api.bodies import (
    CHECK_STATES,
    CheckStateField,
    ControlStateField,
    IntervalBody,
    PerState,
    SubjectEntry,
    WaiverBody,
    intervals,
    subject_shown,
    waiver_shown,
)
from controls.counting import day_edges
from controls.listing import SEVERITIES
from controls.models import Check, CheckPoint, CheckVersion
from controls.outcomes import Outcome
from controls.reading import days_of, pieces_of_points, point_state
from controls.registry import Definition, definitions
from controls.selectors.checks import all_checks, check_by_id, versions_of
from controls.selectors.controls import controls_of_check
from controls.selectors.moments import Moment
from controls.selectors.points import fixed_in
from controls.selectors.subjects import points_between, points_told, subjects_page
from controls.selectors.waivers import waivers_of_checks
from controls.services.evaluation import rejudge
from controls.services.parameters import change_parameters, switch_check
from controls.services.waivers import grant_waiver
from evidence.selectors.streams import streams_of_kinds
from evidence.selectors.subjects import subject_by_id

SHOWN = {"failing": Outcome.FAIL, "passing": Outcome.PASS, "unknown": Outcome.NO_DATA, "not_applicable": Outcome.NOT_APPLICABLE}
LONGEST_LIST = 2000
LONGEST_TEXT = 500


@extend_schema_field(OpenApiTypes.ANY)
class Value(serializers.JSONField):
    """A parameter's value: a whole number, true or false, a text, or a list of texts."""


class Counts(serializers.Serializer):
    """How many subjects there are of each outcome; `population` is those that the claim speaks of."""

    passing = serializers.IntegerField()
    failing = serializers.IntegerField()
    waived = serializers.IntegerField(help_text="Of the failing ones.")
    not_applicable = serializers.IntegerField()
    unknown = serializers.IntegerField(help_text="What the check needs was not observed for them.")
    population = serializers.IntegerField()


class CheckEntry(serializers.Serializer):
    """A check that this version knows. `state` is null where no adopted control uses it; `version` 0 means that no logic exists because
    the source named by `missing` would be needed."""

    check_id = serializers.CharField()
    title = serializers.CharField()
    vendor = serializers.CharField()
    severity = serializers.ChoiceField(choices=SEVERITIES)
    version = serializers.IntegerField()
    missing = serializers.CharField(allow_blank=True)
    used = serializers.BooleanField()
    enabled = serializers.BooleanField()
    state = CheckStateField(allow_null=True)
    detail = serializers.CharField(allow_blank=True)
    counts = Counts()


class CheckPage(serializers.Serializer):
    """All checks by id."""

    moment = MomentBody()
    results = CheckEntry(many=True)
    next = serializers.URLField(allow_null=True)


class ParameterBody(serializers.Serializer):
    """A parameter of the check."""

    name = serializers.CharField()
    value = Value()
    default = Value()
    meaning = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(allow_blank=True)


class LogicBody(serializers.Serializer):
    """The pure function that judges. `digest` is the SHA-256 of its module."""

    version = serializers.IntegerField()
    digest = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)


class ControlLink(serializers.Serializer):
    """A control that the check speaks of."""

    code = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    rationale = serializers.CharField(allow_blank=True)


class VersionBody(serializers.Serializer):
    """Logic and parameters in force from an instant, with the counts before and after on the same data."""

    from_at = serializers.DateTimeField()
    logic_version = serializers.IntegerField()
    logic_digest = serializers.CharField(allow_blank=True)
    parameters = serializers.DictField(child=Value())
    before = serializers.DictField(child=serializers.IntegerField())
    after = serializers.DictField(child=serializers.IntegerField())
    reason = serializers.CharField(allow_blank=True)


class SeenBody(serializers.Serializer):
    """A stream that the check reads."""

    kind = serializers.CharField()
    account = serializers.CharField()
    observed_until = serializers.DateTimeField(allow_null=True)
    stale_at = serializers.DateTimeField(allow_null=True)
    completeness = serializers.CharField()
    trouble = serializers.CharField(allow_blank=True)
    trouble_detail = serializers.CharField(allow_blank=True)


class CheckDetail(CheckEntry):
    """One check over the period. `lane_state` says the same in the words of a control's states."""

    rationale = serializers.CharField()
    criteria = serializers.ListField(child=serializers.CharField())
    console = serializers.CharField(allow_blank=True, help_text="How to mend it in the vendor's console.")
    cli = serializers.CharField(allow_blank=True, help_text="How to mend it on the command line.")
    needs = serializers.ListField(child=serializers.CharField(), help_text="Vendor calls without which it says nothing.")
    completeness = serializers.CharField(allow_blank=True)
    empty = serializers.CharField(allow_blank=True)
    evaluated_at = serializers.DateTimeField(allow_null=True)
    lane_state = ControlStateField()
    moment = MomentBody()
    logic = LogicBody()
    parameters = ParameterBody(many=True)
    days = PerState()
    intervals = IntervalBody(many=True)
    controls = ControlLink(many=True)
    fixed = SubjectEntry(many=True, help_text="Failures that ended within the period, newest first, at most 50.")
    versions = VersionBody(many=True)
    waivers = WaiverBody(many=True)
    streams = SeenBody(many=True)


class PointBody(serializers.Serializer):
    """State and counts from `at` on; there is one wherever they changed."""

    at = serializers.DateTimeField()
    state = CheckStateField()
    detail = serializers.CharField(allow_blank=True)
    counts = Counts()


class PointPage(serializers.Serializer):
    """A page of points, oldest first; the first is the one in force where the period begins."""

    results = PointBody(many=True)
    next = serializers.URLField(allow_null=True)


class SubjectPage(serializers.Serializer):
    """A page of subjects by key."""

    moment = MomentBody()
    results = SubjectEntry(many=True)
    next = serializers.URLField(allow_null=True)


class SubjectsQuery(serializers.Serializer):
    """Which subjects."""

    outcome = serializers.ChoiceField(choices=list(SHOWN), required=False, help_text="`failing` unless told.")


class CheckQuery(serializers.Serializer):
    """Which checks."""

    vendor = serializers.CharField(required=False)
    state = serializers.ChoiceField(choices=CHECK_STATES, required=False)


class JudgedBody(serializers.Serializer):
    """How many judgements were made."""

    judged = serializers.IntegerField()


class ParametersBody(serializers.Serializer):
    """Parameters to change; those not named stay. Why, because an auditor will read it."""

    parameters = serializers.DictField(child=Value(allow_null=True), allow_empty=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class SwitchBody(serializers.Serializer):
    """On or off; off needs a reason."""

    enabled = serializers.BooleanField()
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class GrantBody(serializers.Serializer):
    """A waiver for one subject, or (null) for all that fail."""

    subject = serializers.UUIDField(allow_null=True)
    until = serializers.DateTimeField()
    reason = serializers.CharField(max_length=5000)
    compensating_control = serializers.CharField(required=False, allow_blank=True, max_length=5000)


class ChecksRoute(OrganizationView):
    """Every check that this version knows."""

    @extend_schema(operation_id="checks_list", responses=CheckPage, parameters=[CheckQuery, *MOMENT])
    def get(self, request: Request) -> Response:
        """By id, with the state here."""
        query = CheckQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        moment = moment_asked(request)
        rows = {check.check_id: check for check in all_checks()}
        points = points_told([check.pk for check in rows.values()], moment)
        entries = [_entry(each, rows.get(each.id), _last(rows.get(each.id), points)) for each in definitions().values()]
        entries = [each for each in entries if query.validated_data.get("vendor") in (None, each["vendor"])]
        entries = [each for each in entries if query.validated_data.get("state") in (None, each["state"])]
        return Response({"moment": moment_shown(moment), "results": entries, "next": None})


class CheckRoute(OrganizationView):
    """One check."""

    @extend_schema(operation_id="checks_retrieve", responses=CheckDetail, parameters=MOMENT)
    def get(self, request: Request, check_id: str) -> Response:
        """Its claim, logic and parameters, days and intervals over the period, what was fixed, versions, waivers, streams."""
        known, check = found_check(check_id)
        return Response(_detail(known, check, moment_asked(request)))


class PointsRoute(OrganizationView):
    """Population and failing over time."""

    @extend_schema(operation_id="checks_points_list", responses=PointPage, parameters=[*MOMENT, *PAGING])
    def get(self, request: Request, check_id: str) -> Response:
        """The points of the period, up to the instant told of."""
        _known, check = found_check(check_id)
        moment = moment_asked(request)
        return paged(request, points_between(check.pk, moment.start, moment.until), order=["at", "id"], shown=_point)


class SubjectsRoute(OrganizationView):
    """Subjects under a check."""

    @extend_schema(operation_id="checks_subjects_list", responses=SubjectPage, parameters=[SubjectsQuery, *MOMENT, *PAGING])
    def get(self, request: Request, check_id: str) -> Response:
        """Those of one outcome, as of the instant told of, by key."""
        _known, check = found_check(check_id)
        query = SubjectsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        moment, limit = moment_asked(request), limit_of(request)
        outcome = SHOWN[query.validated_data.get("outcome", "failing")]
        after = cursor_asked(request, (text_key, id_key))
        found = subjects_page(check.pk, moment.at, [int(outcome)], live=moment.live, after=after, limit=limit + 1)
        return page_of(request, found, limit, lambda each: (each.key, each.subject_id), subject_shown, moment=moment_shown(moment))


class JudgeRoute(OrganizationView):
    """Judging again."""

    right = Right.ACT_ON_CONTROLS

    @extend_schema(operation_id="checks_judge", request=None, responses=JudgedBody)
    def post(self, request: Request, check_id: str) -> Response:
        """Judge every current subject again on what is stored; nothing is collected."""
        _known, check = found_check(check_id)
        return Response({"judged": rejudge(check, now=now(), actor=request.actor)})


class ParametersRoute(OrganizationView):
    """Parameters."""

    right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="checks_parameters_update", request=ParametersBody, responses=VersionBody)
    def patch(self, request: Request, check_id: str) -> Response:
        """Change parameters; every subject is judged again on stored facts, and the counts before and after are told."""
        known, check = found_check(check_id)
        body = ParametersBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = _as_text({**known.defaults, **check.parameters, **_typed(known, body.validated_data["parameters"])})
        version = change_parameters(
            actor=request.actor, check=check, given=given, reason=body.validated_data.get("reason", ""), now=now()
        )  # fmt: skip
        return Response(_version(version))


class SwitchRoute(OrganizationView):
    """Off or on."""

    right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="checks_switch", request=SwitchBody, responses=CheckDetail)
    def post(self, request: Request, check_id: str) -> Response:
        """Switch a check off or on; off is shown as not observed, never left out."""
        known, check = found_check(check_id)
        body = SwitchBody(data=request.data)
        body.is_valid(raise_exception=True)
        switch_check(
            actor=request.actor,
            check=check,
            enabled=body.validated_data["enabled"],
            reason=body.validated_data.get("reason", ""),
            now=now(),
        )
        return Response(_detail(known, found_check(check_id)[1], moment_asked(request)))


class WaiversRoute(OrganizationView):
    """Waivers of a check."""

    write_right = Right.MANAGE_CONTROLS

    @extend_schema(
        operation_id="checks_waivers_list", responses=WaiverBody(many=True), parameters=[OpenApiParameter("check_id", str, "path")]
    )
    def get(self, request: Request, check_id: str) -> Response:
        """The newest 50, ended ones included."""
        _known, check = found_check(check_id)
        return Response([waiver_shown(each) for each in waivers_of_checks([check.pk])])

    @extend_schema(operation_id="checks_waive", request=GrantBody, responses={201: WaiverBody})
    def post(self, request: Request, check_id: str) -> Response:
        """Grant a waiver. The verdict stays fail and is shown as failing, waived."""
        _known, check = found_check(check_id)
        body = GrantBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data["subject"]
        subject = subject_by_id(wanted) if wanted else None
        if wanted and subject is None:
            raise serializers.ValidationError({"subject": "There is no such subject; the check's list of subjects has their ids."})
        waiver = grant_waiver(
            actor=request.actor, check=check, subject=subject, until=body.validated_data["until"], reason=body.validated_data["reason"],
            compensating_control=body.validated_data.get("compensating_control", ""), now=now(),
        )  # fmt: skip
        return Response(waiver_shown(waiver), status=201)


def found_check(check_id: str) -> tuple[Definition, Check]:
    """The definition and this organization's row of a check. Raises Http404."""
    known = definitions().get(check_id)
    check = check_by_id(check_id) if known else None
    if known is None or check is None:
        raise Http404("There is no such check here: no adopted control uses it.")
    return known, check


def _entry(known: Definition, check: Check | None, point: CheckPoint | None) -> dict[str, Any]:
    return {
        "check_id": known.id, "title": known.title, "vendor": known.vendor, "severity": known.severity.value, "version": known.version,
        "missing": known.missing, "used": check is not None, "enabled": bool(check and check.enabled),
        "state": None if check is None else point.state if point else "no_data", "detail": point.detail if point else "", "counts": _counts(point),
    }  # fmt: skip


def _detail(known: Definition, check: Check, moment: Moment) -> dict[str, Any]:
    points = points_told([check.pk], moment).get(check.pk, [])
    pieces = pieces_of_points(points, moment.start, moment.until)
    last = points[-1] if points else None
    values = {**known.defaults, **check.parameters}
    return {
        **_entry(known, check, last),
        "rationale": known.rationale, "criteria": known.criteria, "console": known.console, "cli": known.cli, "needs": sorted(known.needs),
        "completeness": known.completeness, "empty": known.empty, "evaluated_at": check.evaluated_at,
        "lane_state": point_state(last.state, last.failing, last.waived, last.explained) if last else "not_observed",
        "moment": moment_shown(moment),
        "logic": {"version": known.version, "digest": known.digest, "source": inspect.getsource(known.module) if known.module else ""},
        "parameters": [_parameter(known, name, value) for name, value in values.items()],
        "days": days_of(pieces, day_edges(moment.first_day, moment.last_day, moment.zone, moment.until)), "intervals": intervals(pieces),
        "controls": [
            {"code": link.control.code, "title": link.control.title, "kind": link.kind, "rationale": link.rationale}
            for link in controls_of_check(check.check_id)
        ],
        "fixed": [subject_shown(each) for each in fixed_in(check.pk, min(moment.start, moment.until), moment.until)],
        "versions": [_version(each) for each in versions_of(check)],
        "waivers": [waiver_shown(each) for each in waivers_of_checks([check.pk])],
        "streams": [_stream(each) for each in streams_of_kinds(known.source_vendor, known.kinds)],
    }  # fmt: skip


def _last(check: Check | None, points: Mapping[Any, list[CheckPoint]]) -> CheckPoint | None:
    own = points.get(check.pk, []) if check else []
    return own[-1] if own else None


def _counts(point: CheckPoint | None) -> dict[str, int]:
    names = ("passing", "failing", "waived", "not_applicable", "unknown")
    counts = {name: getattr(point, name) if point else 0 for name in names}
    return {**counts, "population": counts["passing"] + counts["failing"] + counts["unknown"]}


def _point(point: CheckPoint) -> dict[str, Any]:
    return {"at": point.at, "state": point.state, "detail": point.detail, "counts": _counts(point)}


def _version(version: CheckVersion) -> dict[str, Any]:
    names = ("from_at", "logic_version", "logic_digest", "parameters", "before", "after", "reason")
    return {name: getattr(version, name) for name in names}


def _stream(stream: Any) -> dict[str, Any]:
    names = ("kind", "observed_until", "stale_at", "completeness", "trouble", "trouble_detail")
    return {name: getattr(stream, name) for name in names} | {"account": stream.source.account_name or stream.source.account}


def _parameter(known: Definition, name: str, value: object) -> dict[str, Any]:
    about = known.parameters.get(name, {})
    return {
        "name": name, "value": value, "default": known.defaults.get(name), "meaning": about.get("meaning", ""), "unit": about.get("unit", ""),
    }  # fmt: skip


def _typed(known: Definition, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, if each is known and of its default's type. Raises ValidationError by parameter."""
    errors = {name: problem for name, value in given.items() if (problem := _wrong(known.defaults, name, value))}
    if errors:
        raise serializers.ValidationError(errors)
    return dict(given)


def _wrong(defaults: Mapping[str, object], name: str, value: Any) -> str:
    if name not in defaults:
        return f"This check has no parameter {name}; it has {', '.join(defaults) or 'none'}."
    default = defaults[name]
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else f"{name}: give true or false."
    if isinstance(default, int):
        return "" if isinstance(value, int) and not isinstance(value, bool) else f"{name}: give a whole number from 0 to 100,000."
    if isinstance(default, list | tuple):
        fine = isinstance(value, list) and len(value) <= LONGEST_LIST and all(_line(each) for each in value)
        return "" if fine else f"{name}: give a list of at most {LONGEST_LIST} texts, each of one line."
    return "" if _line(value) or value == "" else f"{name}: give a text of one line, at most {LONGEST_TEXT} characters."


def _line(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and len(value.splitlines()) == 1 and value.isprintable()


def _as_text(values: Mapping[str, Any]) -> dict[str, str]:
    """As the service takes them: a line per text of a list, empty for false."""
    return {
        name: "\n".join(value) if isinstance(value, list | tuple) else ("true" if value else "") if isinstance(value, bool) else str(value)
        for name, value in values.items()
    }
