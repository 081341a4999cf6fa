"""The overview's figures: how the programme stands over the period, and what needs a person."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.views import OrganizationView
from compliance.work.api.problems import ProblemBody
from compliance.work.api.problems import shown as problem_shown
from compliance.work.selectors.listing import ORDER as WORST_FIRST
from compliance.work.selectors.listing import problems_open
from controls.api.asking import MOMENT, MomentBody, moment_asked, moment_shown
from controls.api.bodies import PerState
from controls.counting import day_edges, day_ranks
from controls.health import PRECEDENCE
from controls.listing import SEVERITIES
from controls.outcomes import ControlState
from controls.reading import NEEDS_YOU, ORDER
from controls.selectors.controls import links_by_criterion
from controls.selectors.health import ControlRow, counts_by_state, health_pieces
from controls.selectors.occurrences import next_occurrences
from controls.views.controls import overlaid

URGENT = 6
FAILED, UNOBSERVED = PRECEDENCE[ControlState.FAILED], PRECEDENCE[ControlState.NOT_OBSERVED]


class DayBody(serializers.Serializer):
    """How many controls were failing and not observed on a complete local day."""

    day = serializers.DateField()
    failed = serializers.IntegerField()
    not_observed = serializers.IntegerField()


class UrgentBody(serializers.Serializer):
    """A failing control."""

    code = serializers.CharField()
    title = serializers.CharField()
    severity = serializers.ChoiceField(choices=SEVERITIES)
    owner = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    since = serializers.DateTimeField(allow_null=True)


class GroupBody(serializers.Serializer):
    """A group of criteria, with its controls by state."""

    name = serializers.CharField()
    counts = PerState()
    total = serializers.IntegerField()
    needs = serializers.IntegerField()


class LoadBody(serializers.Serializer):
    """What waits for an owner; the id is a member's, null for nobody's."""

    owner = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    open = serializers.IntegerField()
    failed = serializers.IntegerField()


class DeadlineBody(serializers.Serializer):
    """What is due next, not yet performed."""

    control = serializers.CharField()
    title = serializers.CharField()
    due_at = serializers.DateTimeField()
    late_at = serializers.DateTimeField()


class OverviewBody(serializers.Serializer):
    """`counts` is controls by state at the moment; `control_days` days per state summed over all controls; `needs` the failed and the not
    observed."""

    moment = MomentBody()
    total = serializers.IntegerField()
    counts = PerState()
    needs = serializers.IntegerField()
    control_days = PerState()
    days = DayBody(many=True)
    urgent = UrgentBody(many=True, help_text="The six worst failing controls.")
    groups = GroupBody(many=True)
    owners = LoadBody(many=True, help_text="The eight with most to do.")
    deadlines = DeadlineBody(many=True)
    problems = ProblemBody(many=True, help_text="The three that blind most; the list of problems has all.")


class OverviewRoute(OrganizationView):
    """The figures."""

    @extend_schema(operation_id="overview_retrieve", responses=OverviewBody, parameters=MOMENT)
    def get(self, request: Request) -> Response:
        """Over the period, as of the moment."""
        moment = moment_asked(request)
        rows = overlaid(moment)
        edges = day_edges(moment.first_day, moment.last_day, moment.zone, moment.until)
        pieces = health_pieces([row.id for row in rows], moment.start, moment.until)
        ranks = [day_ranks(pieces.get(row.id, ()), edges) for row in rows]
        counts = counts_by_state(rows)
        return Response(
            {
                "moment": moment_shown(moment),
                "total": len(rows),
                "counts": counts,
                "needs": sum(counts[state] for state in NEEDS_YOU),
                "control_days": {state.value: sum(each.count(rank) for each in ranks) for state, rank in PRECEDENCE.items()},
                "days": _days(ranks, [datetime.fromtimestamp(edge, moment.zone) for edge in edges[:-1]]),
                "urgent": _urgent(rows),
                "groups": _groups(rows),
                "owners": _owners(rows),
                "deadlines": [_deadline(each) for each in next_occurrences(moment.at, limit=10)],
                "problems": [problem_shown(each) for each in problems_open().order_by(*WORST_FIRST)[:3]],
            }
        )


def _days(ranks: Sequence[bytearray], starts: Sequence[datetime]) -> list[dict[str, Any]]:
    return [
        {
            "day": start.date(),
            "failed": sum(1 for each in ranks if each[place] == FAILED),
            "not_observed": sum(1 for each in ranks if each[place] == UNOBSERVED),
        }
        for place, start in enumerate(starts)
    ]


def _urgent(rows: Sequence[ControlRow]) -> list[dict[str, Any]]:
    worst = [row for row in rows if row.state == ControlState.FAILED]
    names = ("code", "title", "severity", "owner", "reason", "since")
    ordered = sorted(worst, key=lambda row: (SEVERITIES.index(row.severity), row.since, row.code))[:URGENT]
    return [{name: getattr(row, name) for name in names} for row in ordered]


def _groups(rows: Sequence[ControlRow]) -> list[dict[str, Any]]:
    states = {row.id: row.state for row in rows}
    members: dict[str, set] = defaultdict(set)
    for code, controls in links_by_criterion().items():
        members[code.split(".")[0]] |= {each for each in controls if each in states}
    groups = []
    for name in sorted((name for name, own in members.items() if own), key=lambda name: (not name.startswith("CC"), name)):
        own = [states[each] for each in members[name]]
        counts = {state: own.count(state) for state in ORDER}
        groups.append({"name": name, "counts": counts, "total": len(own), "needs": sum(counts[state] for state in NEEDS_YOU)})
    return groups


def _owners(rows: Sequence[ControlRow]) -> list[dict[str, Any]]:
    work: dict[Any, list[ControlRow]] = defaultdict(list)
    for row in rows:
        if row.state in NEEDS_YOU:
            work[row.owner_id].append(row)
    loads = [
        {"owner": owner, "name": own[0].owner, "open": len(own), "failed": sum(1 for row in own if row.state == ControlState.FAILED)}
        for owner, own in work.items()
    ]
    return sorted(loads, key=lambda each: (-each["failed"], -each["open"], each["name"]))[:8]


def _deadline(occurrence: Any) -> dict[str, Any]:
    return {
        "control": occurrence.control.code, "title": occurrence.control.title, "due_at": occurrence.due_at, "late_at": occurrence.late_at,
    }  # fmt: skip
