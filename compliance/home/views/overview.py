"""The overview: what needs you, over the period."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.tenancy.together import ask
from compliance.ui.pictures.scale import Scale
from compliance.ui.pictures.step_line import Series, step_line
from compliance.ui.pictures.week_bars import week_bars
from compliance.work.selectors.problems import open_problem_rows
from controls.counting import day_edges, day_ranks, of_each_day
from controls.days import A_MOMENT
from controls.health import PRECEDENCE
from controls.outcomes import ControlState
from controls.reading import NEEDS_YOU, ORDER
from controls.selectors.health import ControlRow, counts_by_state, grouped_rows_asked
from controls.selectors.moments import Moment
from controls.selectors.occurrences import Deadline, deadlines
from controls.staleness import cut, overlay
from controls.views.asking import moment_asked, strips_asked
from controls.views.controls import SEVERITIES, unseen_since
from integrations.selectors.connections import connection_count

URGENT = 10
TREND_DAYS = 90


@require_GET
@page(Right.SEE_PROGRAMME)
def overview(request: HttpRequest) -> HttpResponse:
    """The morning page of a compliance manager."""
    moment = moment_asked(request)
    unseen = unseen_since(moment)
    grouped, problems, due = ask(grouped_rows_asked(moment.at), open_problem_rows(3), deadlines(moment.at))
    rows = overlay([row for row, _names in grouped], unseen)
    if not rows:
        return TemplateResponse(request, "home/first_run.html", first_run(request, moment))
    counts = counts_by_state(rows)
    edges = day_edges(moment.first_day, moment.last_day, moment.zone, moment.until)
    pieces = strips_asked(request, moment, [row.id for row in rows])
    ranks = [day_ranks(cut(pieces.get(row.id, ()), unseen.get(row.id)), edges) for row in rows]
    totals = {state.value: sum(each.count(rank) for each in ranks) for state, rank in PRECEDENCE.items()}
    failing, blind = of_each_day(ranks, ControlState.FAILED), of_each_day(ranks, ControlState.NOT_OBSERVED)
    context = {
        "crumbs": [(request.organization.name, f"/{request.organization.slug}/"), ("Overview", "")],
        "moment": moment,
        "counts": counts,
        "total": len(rows),
        "needs": sum(counts[state] for state in NEEDS_YOU),
        "totals": totals,
        "control_days": sum(totals.values()),
        "order": ORDER,
        "weeks": _weeks(failing, blind, edges, moment, len(rows)),
        "before": _before(failing, blind),
        "urgent": _urgent(rows),
        "problems": problems,
        "deadlines": [Deadline(due_at - A_MOMENT, *rest) for due_at, *rest in due],
        "groups": _groups(zip(rows, (names for _row, names in grouped), strict=True)),
        "trend": _trend(failing, blind, edges, moment),
        "owners": _owners(rows),
        "may_export": allows(request.membership.role, Right.EXPORT),
    }
    return TemplateResponse(request, "home/overview.html", context)


def first_run(request: HttpRequest, moment: Moment) -> dict[str, Any]:
    """The first-run checklist: what is done, what comes now."""
    slug = request.organization.slug
    connected = connection_count()
    done = [moment.period is not None, False, connected > 0]
    steps = [
        (
            "Choose the observation period",
            "A Type 2 report is about a period: from which day to which does it speak?",
            reverse("periods", args=[slug]),
            "Choose days",
        ),
        (
            "Adopt controls",
            "Take the controls that fit from the library; each comes with its criteria and the checks that decide it.",
            reverse("library", args=[slug]),
            "Open the library",
        ),
        (
            "Connect a system",
            "Let Plumbline look: AWS or GitHub, with a credential that can only read.",
            reverse("connections", args=[slug]),
            "Connect",
        ),
    ]
    now = next((place for place, each in enumerate(done) if not each), len(done))
    return {
        "crumbs": [(request.organization.name, f"/{slug}/"), ("Overview", "")],
        "steps": [
            {"title": title, "text": text, "url": url, "act": act, "done": done[place], "now": place == now, "number": place + 1}
            for place, (title, text, url, act) in enumerate(steps)
        ],
        "moment": moment,
        "may_manage": allows(request.membership.role, Right.MANAGE_CONTROLS),
    }


def _weeks(failing: Sequence[int], unseen: Sequence[int], edges: Sequence[float], moment: Moment, total: int) -> Any:
    weeks = []
    for start in range(0, len(failing), 7):
        span = slice(start, start + 7)
        worst = max(range(start, min(start + 7, len(failing))), key=lambda day: failing[day] + unseen[day])
        weeks.append((edges[start], failing[worst] if failing[span] else 0, unseen[worst]))
    if not weeks:
        return None
    title = f"Controls not met, by week, {moment.first_day:%-d %B %Y} to {moment.until.astimezone(moment.zone):%-d %B %Y}"
    return week_bars(weeks, Scale(moment.first_day, moment.last_day, moment.zone.key), title=title, total=total)


def _before(failing: Sequence[int], unseen: Sequence[int]) -> tuple[int, int] | None:
    return (failing[-14], unseen[-14]) if len(failing) >= 14 else None


def _urgent(rows: Sequence[ControlRow]) -> list[ControlRow]:
    worst = [row for row in rows if row.state == ControlState.FAILED]
    return sorted(worst, key=lambda row: (SEVERITIES.index(row.severity), row.since, row.code))[:URGENT]


def _groups(grouped: Iterable[tuple[ControlRow, Sequence[str]]]) -> list[dict[str, Any]]:
    states: dict[str, list[str]] = defaultdict(list)
    for row, names in grouped:
        for name in names:
            states[name].append(row.state)
    groups = [
        {
            "name": name,
            "counts": {state: own.count(state) for state in ORDER if state in own},
            "total": len(own),
            "needs": sum(state in NEEDS_YOU for state in own),
        }
        for name, own in sorted(states.items(), key=lambda each: _group_order(each[0]))
    ]
    widest = max((group["total"] for group in groups), default=1)
    return [{**group, "widest": widest} for group in groups]


def _group_order(name: str) -> tuple[int, str]:
    return (0 if name.startswith("CC") else 1, name)


def _trend(failing: Sequence[int], unseen: Sequence[int], edges: Sequence[float], moment: Moment) -> Any:
    first = max(0, len(failing) - TREND_DAYS)
    if len(failing) - first < 2:
        return None
    start, end = edges[first], edges[-1]
    series = [
        Series("Failing", "failed", _changes(failing[first:], edges[first:])),
        Series("Not observed", "unobserved", _changes(unseen[first:], edges[first:])),
    ]
    return step_line(series, start, end, title="Failing and not observed controls, by day")


def _changes(values: Sequence[int], edges: Sequence[float]) -> list[tuple[float, int]]:
    return [(edges[day], value) for day, value in enumerate(values) if day == 0 or values[day - 1] != value]


def _owners(rows: Sequence[ControlRow]) -> list[dict[str, Any]]:
    work: dict[str, list[ControlRow]] = defaultdict(list)
    for row in rows:
        if row.state in NEEDS_YOU:
            work[row.owner or "No owner"].append(row)
    owners = [
        {
            "name": name,
            "open": len(each),
            "failing": sum(1 for row in each if row.state == "failed"),
            "owner": str(each[0].owner_id or "none"),
        }
        for name, each in work.items()
    ]
    return sorted(owners, key=lambda each: (-each["failing"], -each["open"], each["name"]))[:8]
