"""The criteria: which are answered by what, and how that stands."""

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right
from compliance.ui.pictures.matrix import Cell, Column, Row, matrix
from controls.catalogue.reach import By, reach
from controls.outcomes import ControlState
from controls.reading import ORDER
from controls.selectors.controls import criteria, kinds_by_control, links_by_criterion
from controls.views.asking import moment_asked
from controls.views.controls import overlaid

CATEGORY_WORDS = {
    "security": "Security", "availability": "Availability", "processing_integrity": "Processing integrity", "confidentiality": "Confidentiality",
    "privacy": "Privacy",
}  # fmt: skip


@require_GET
@page(Right.SEE_PROGRAMME)
def criteria_matrix(request: HttpRequest) -> HttpResponse:
    """All criteria packed by group, and the matrix criterion × control of one group."""
    moment = moment_asked(request)
    rows = {row.id: row for row in overlaid(moment)}
    links = links_by_criterion()
    every = criteria()
    groups = defaultdict(list)
    for criterion in every:
        controls = sorted(
            (rows[each] for each in links.get(criterion.code, ()) if each in rows), key=lambda row: (ORDER.index(row.state), row.code)
        )
        groups[criterion.code.split(".")[0]].append(
            {
                "criterion": criterion,
                "controls": controls,
                "states": [row.state for row in controls],
                "label": criterion.code,
                "reach": reach().get(criterion.code),
            }
        )
    shown = request.GET.get("group", "")
    shown = shown if shown in groups else next((name for name, each in groups.items() if any(c["controls"] for c in each)), "CC1")
    gaps = [each["criterion"] for group in groups.values() for each in group if not each["controls"]]
    failing = {row.id for row in rows.values() if row.state == ControlState.FAILED}
    context = {
        "crumbs": [("Criteria", "")],
        "groups": [
            {"name": name, "series": each[0]["criterion"].series, "category": CATEGORY_WORDS[each[0]["criterion"].category], "criteria": each}
            for name, each in groups.items()
        ],
        "shown": shown,
        "picture": _matrix(groups[shown], shown, request),
        "covered": len(every) - len(gaps),
        "total": len(every),
        "gaps": gaps,
        "on_people": [(each, reach()[each.code]) for each in every if each.code in reach() and reach()[each.code].by is not By.WHOLE],
        "whole": sum(1 for each in reach().values() if each.by is By.WHOLE),
        "touched": sum(1 for each in every if any(control in failing for control in links.get(each.code, ()))),
        "moment": moment,
    }  # fmt: skip
    return TemplateResponse(request, "controls/criteria.html", context)


def _matrix(group: list[dict], name: str, request: HttpRequest) -> object:
    slug = request.organization.slug
    kinds = kinds_by_control()
    columns = {row.code: row for each in group for row in each["controls"]}
    cells = {}
    for each in group:
        for row in each["controls"]:
            own = kinds.get(row.id, set())
            kind = "operation" if "operation" in own else "design" if "design" in own else "supporting"
            cells[each["criterion"].code, row.code] = Cell(kind, row.state, reverse("control", args=[slug, row.code]))
    return matrix(
        rows=[Row(each["criterion"].code, each["criterion"].title, f"#{each['criterion'].code}") for each in group],
        columns=[Column(code, reverse("control", args=[slug, code])) for code in sorted(columns)],
        cells=cells,
        caption=f"Criteria of {name} and the controls that answer to them",
    )
