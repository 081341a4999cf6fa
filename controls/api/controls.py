"""Controls: the list, one over the period, and who owns them."""

import csv
import io
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.paging import limit_of
from compliance.api.views import OrganizationView
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from compliance.trail.selectors.entries import latest_entries
from compliance.vault.answers import FileView, file_answer
from controls.api.asking import MOMENT, PAGING, MomentBody, cursor_asked, moment_asked, moment_shown, number_key, page_of, text_key
from controls.api.bodies import (
    ControlStateField,
    IntervalBody,
    PerState,
    SubjectEntry,
    WaiverBody,
    intervals,
    seconds_of,
    subject_shown,
    waiver_shown,
)
from controls.counting import day_edges
from controls.listing import SEVERITIES, SORTS, Wanted, beyond, ordered
from controls.listing import STATES as WANTED_STATES
from controls.models import Check, CheckPoint, Control, ControlCheck
from controls.outcomes import Outcome
from controls.reading import ORDER, days_of, pieces_of_points, point_state
from controls.registry import definitions
from controls.selectors.checks import checks_by_id
from controls.selectors.controls import checks_of, control_by_code, criteria_of
from controls.selectors.health import ControlRow, counts_by_state, health_pieces
from controls.selectors.moments import Moment
from controls.selectors.subjects import points_told, subjects_page
from controls.selectors.waivers import waivers_of_checks
from controls.services.controls import assign_control
from controls.views.controls import harmless, overlaid

FAILING_SHOWN = 6
KEYS = {
    "health": (number_key, number_key, text_key), "code": (text_key,), "title": (text_key, text_key), "severity": (number_key, text_key),
    "owner": (number_key, text_key, text_key),
}  # fmt: skip
CONTROL = (
    "statement", "type", "nature", "frequency", "grace_days", "key", "owner_role", "typical_evidence", "adopted_at", "library_code",
)  # fmt: skip


class OwnerBody(serializers.Serializer):
    """An accountable owner; the id is a member's."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class ControlQuery(serializers.Serializer):
    """Filters and order, as on the page."""

    state = serializers.ChoiceField(choices=WANTED_STATES, required=False, help_text="`needs` is failed or not observed.")
    category = serializers.CharField(required=False, help_text="The area of the library.")
    owner = serializers.CharField(required=False, help_text="A member's id, or `none`.")
    severity = serializers.ChoiceField(choices=SEVERITIES, required=False)
    q = serializers.CharField(required=False, max_length=200, help_text="Words in code, title or owner; all must be there.")
    sort = serializers.ChoiceField(choices=[f"{sign}{name}" for name in SORTS for sign in ("", "-")], required=False)


class ControlEntry(serializers.Serializer):
    """A control with its state, and days per state over the period (complete local days, ends included)."""

    code = serializers.CharField()
    title = serializers.CharField()
    area = serializers.CharField()
    severity = serializers.ChoiceField(choices=SEVERITIES)
    frequency = serializers.CharField()
    owner = OwnerBody(allow_null=True)
    state = ControlStateField()
    reason = serializers.CharField(allow_blank=True)
    since = serializers.DateTimeField(allow_null=True)
    criteria = serializers.ListField(child=serializers.CharField())
    days = PerState()


class ControlPage(serializers.Serializer):
    """A page of controls. `counts` is over all controls in force, `found` how many the filters leave."""

    moment = MomentBody()
    counts = PerState()
    found = serializers.IntegerField()
    results = ControlEntry(many=True)
    next = serializers.URLField(allow_null=True)


class LaneBody(serializers.Serializer):
    """One check of the control over the period. `design` and `operation` decide its state, `supporting` never does."""

    check_id = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=["design", "operation", "supporting"])
    state = ControlStateField()
    note = serializers.CharField()
    days = PerState()
    intervals = IntervalBody(many=True)


class MissingBody(serializers.Serializer):
    """A check that no logic can decide, with the source it lacks."""

    check_id = serializers.CharField()
    kind = serializers.CharField()
    missing = serializers.CharField()


class FailingBody(serializers.Serializer):
    """Some of the subjects that fail a deciding check; the check's own list has all."""

    check_id = serializers.CharField()
    subjects = SubjectEntry(many=True)


class EventBody(serializers.Serializer):
    """What was done to the control."""

    at = serializers.DateTimeField()
    action = serializers.CharField()
    actor = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)


class ControlDetail(ControlEntry):
    """One control over the period."""

    statement = serializers.CharField()
    type = serializers.CharField()
    nature = serializers.CharField()
    grace_days = serializers.IntegerField()
    key = serializers.BooleanField()
    owner_role = serializers.CharField(allow_blank=True)
    typical_evidence = serializers.ListField(child=serializers.CharField())
    adopted_at = serializers.DateTimeField()
    library_code = serializers.CharField(allow_blank=True)
    moment = MomentBody()
    day_count = serializers.IntegerField(help_text="Complete days of the period that are over; the days per state add up to it.")
    seconds = PerState()
    intervals = IntervalBody(many=True)
    lanes = LaneBody(many=True)
    missing = MissingBody(many=True)
    failing = FailingBody(many=True)
    waivers = WaiverBody(many=True)
    history = EventBody(many=True)


class AssignmentBody(serializers.Serializer):
    """Who becomes the owner of which controls; null for nobody."""

    codes = serializers.ListField(child=serializers.CharField(max_length=20), min_length=1, max_length=500)
    owner = serializers.UUIDField(allow_null=True)


class AssignedBody(serializers.Serializer):
    """How many controls have a new owner."""

    assigned = serializers.IntegerField()


class ControlsRoute(OrganizationView):
    """Every control."""

    @extend_schema(operation_id="controls_list", responses=ControlPage, parameters=[ControlQuery, *MOMENT, *PAGING])
    def get(self, request: Request) -> Response:
        """Worst first unless sorted otherwise (`health`, `code`, `title`, `severity`, `owner`, with “-” the other way round)."""
        moment, limit = moment_asked(request), limit_of(request)
        rows, found, sort = _asked(request, moment, "health")
        after = cursor_asked(request, KEYS[sort.removeprefix("-")])
        shown = (beyond(found, sort, after) if after else found)[: limit + 1]
        pieces = health_pieces([row.id for row in shown], moment.start, moment.until)
        edges = day_edges(moment.first_day, moment.last_day, moment.zone, moment.until)
        criteria = criteria_of(row.id for row in shown)
        return page_of(
            request, shown, limit, SORTS[sort.removeprefix("-")],
            lambda row: _entry(row, days_of(pieces.get(row.id, []), edges), criteria.get(row.id, [])),
            moment=moment_shown(moment), counts=counts_by_state(rows), found=len(found),
        )  # fmt: skip


class ControlExportRoute(FileView):
    """The list as a table."""

    right = Right.EXPORT

    @extend_schema(operation_id="controls_export", responses={(200, "text/csv"): OpenApiTypes.STR}, parameters=[ControlQuery, *MOMENT])
    def get(self, request: Request) -> HttpResponse:
        """The filtered list as CSV, with days per state; cells that a spreadsheet would take for a formula are defused."""
        moment = moment_asked(request)
        _rows, found, _sort = _asked(request, moment, "code")
        pieces = health_pieces([row.id for row in found], moment.start, moment.until)
        edges = day_edges(moment.first_day, moment.last_day, moment.zone, moment.until)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["code", "title", "severity", "owner", "state", "since_utc", "reason", *(f"days_{state}" for state in ORDER)])
        for row in found:
            days = days_of(pieces.get(row.id, []), edges)
            since = row.since.strftime("%Y-%m-%dT%H:%M:%SZ") if row.since else ""
            cells = [row.code, row.title, row.severity, row.owner, row.state, since, row.reason]
            writer.writerow([harmless(cell) for cell in cells] + [days[state] for state in ORDER])
        return file_answer(text.getvalue().encode(), name=f"controls-{moment.at:%Y-%m-%d}.csv", media_type="text/csv; charset=utf-8")


class ControlRoute(OrganizationView):
    """One control."""

    @extend_schema(operation_id="controls_retrieve", responses=ControlDetail, parameters=MOMENT)
    def get(self, request: Request, code: str) -> Response:
        """Over the period: days and seconds per state, intervals, a lane per check, who fails, waivers, history."""
        control, moment = found_control(code), moment_asked(request)
        row = next((each for each in overlaid(moment) if each.id == control.pk), None)
        if row is None:
            raise Http404("This control was not in force then.")
        return Response(_detail(control, row, moment))


class AssignmentRoute(OrganizationView):
    """Owners of controls."""

    right = Right.MANAGE_CONTROLS

    @extend_schema(operation_id="controls_assign", request=AssignmentBody, responses=AssignedBody)
    def post(self, request: Request) -> Response:
        """Give controls to a member, or to nobody."""
        body = AssignmentBody(data=request.data)
        body.is_valid(raise_exception=True)
        owner, codes = body.validated_data["owner"], body.validated_data["codes"]
        try:
            assigned = assign_control(actor=request.actor, codes=codes, membership_id=str(owner) if owner else "", now=now())
        except ValidationError as error:
            raise serializers.ValidationError({"": error.messages}) from error
        return Response({"assigned": assigned})


def found_control(code: str) -> Control:
    """The control of that code. Raises Http404."""
    if "\x00" in code:
        raise Http404("There is no such control.")
    try:
        return control_by_code(code)
    except Control.DoesNotExist as error:
        raise Http404("There is no such control.") from error


def _asked(request: Request, moment: Moment, sort: str) -> tuple[list[ControlRow], list[ControlRow], str]:
    query = ControlQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    asked = query.validated_data
    wanted = Wanted(
        asked.get("state", ""), asked.get("category", ""), asked.get("owner", ""), asked.get("severity", ""), asked.get("q", "")
    )
    rows = overlaid(moment)
    sort = asked.get("sort", sort)
    return rows, ordered([row for row in rows if wanted.takes(row)], sort), sort


def _entry(row: ControlRow, days: dict[str, int], criteria: list[str]) -> dict[str, Any]:
    return {
        "code": row.code, "title": row.title, "area": row.area, "severity": row.severity, "frequency": row.frequency,
        "owner": {"id": row.owner_id, "name": row.owner} if row.owner_id else None, "state": row.state, "reason": row.reason,
        "since": row.since, "criteria": criteria, "days": days,
    }  # fmt: skip


def _detail(control: Control, row: ControlRow, moment: Moment) -> dict[str, Any]:
    links, known = checks_of(control.pk), definitions()
    checks = checks_by_id(link.check_id for link in links)
    edges = day_edges(moment.first_day, moment.last_day, moment.zone, moment.until)
    points = points_told([check.pk for check in checks.values()], moment)
    own = health_pieces([control.pk], moment.start, moment.until).get(control.pk, [])
    drawn = [link for link in links if link.check_id in checks and checks[link.check_id].logic_version]
    lanes = [_lane(link, points.get(checks[link.check_id].pk, []), moment, edges) for link in drawn]
    return {
        **_entry(row, days_of(own, edges), criteria_of([control.pk]).get(control.pk, [])),
        **{name: getattr(control, name) for name in CONTROL},
        "moment": moment_shown(moment),
        "day_count": max(0, len(edges) - 1),
        "seconds": seconds_of(own),
        "intervals": intervals(own),
        "lanes": lanes,
        "missing": [
            {"check_id": link.check_id, "kind": link.kind, "missing": known[link.check_id].missing}
            for link in links
            if link.check_id in known and not known[link.check_id].version
        ],
        "failing": [_failing(checks[lane["check_id"]], moment) for lane in lanes if lane["state"] == "failed"],
        "waivers": [waiver_shown(each) for each in waivers_of_checks([check.pk for check in checks.values()])],
        "history": [
            {"at": each.at, "action": each.name, "actor": each.actor_name, "reason": each.reason}
            for each in latest_entries(subject_id=control.pk, limit=20)
        ],
    }


def _failing(check: Check, moment: Moment) -> dict[str, Any]:
    found = subjects_page(check.pk, moment.at, [int(Outcome.FAIL)], live=moment.live, after=None, limit=FAILING_SHOWN)
    return {"check_id": check.check_id, "subjects": [subject_shown(each) for each in found]}


def _lane(link: ControlCheck, points: list[CheckPoint], moment: Moment, edges: list[float]) -> dict[str, Any]:
    pieces, known = pieces_of_points(points, moment.start, moment.until), definitions()
    last = points[-1] if points else None
    return {
        "check_id": link.check_id, "title": known[link.check_id].title if link.check_id in known else link.check_id, "kind": link.kind,
        "state": point_state(last.state, last.failing, last.waived, last.explained) if last else "not_observed", "note": _note(last),
        "days": days_of(pieces, edges), "intervals": intervals(pieces),
    }  # fmt: skip


def _note(point: CheckPoint | None) -> str:
    if point is None:
        return "nothing has looked yet"
    population = point.passing + point.failing + point.unknown
    if point.state in ("fail", "pass"):
        return f"{point.failing if point.state == 'fail' else point.passing} of {population} {point.state}"
    return point.detail or point.state.replace("_", " ")
