"""Everything that stands on one control's page and does not depend on the time shown, in one round trip."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from compliance.members.selectors.listing import members_by_name
from compliance.tenancy.together import ask
from compliance.trail.selectors.entries import entries_about
from controls.models import Check, Control, ControlCheck, ControlCriterion, Occurrence, Waiver
from controls.selectors.controls import deciding_first
from controls.selectors.health import ControlRow, rows_asked

if TYPE_CHECKING:
    import uuid

    from compliance.trail.models import Entry

OCCURRENCES, ENTRIES, WAIVERS = 60, 20, 50


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """A waiver in a list: of which check, for whom (empty: all), from when to when, by whom and why."""

    check_id: str
    subject: str
    from_at: datetime
    until_at: datetime
    approved_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """`row`: the control with its owner and its state at the instant told of. `members`: (id, name) of those who may be its owner."""

    control: Control
    row: ControlRow
    links: list[ControlCheck]
    checks: dict[str, Check]
    criteria: list[str]
    waivers: list[WaiverLine]
    history: "list[Entry]"
    occurrences: list[Occurrence]
    members: "list[tuple[uuid.UUID, str]]"


def dossier(code: str, at: datetime) -> Dossier | None:
    """The dossier of the control of that code as of `at`; None when there is none, or when it was not in force then."""
    linked = ControlCheck.objects.filter(control__code=code)
    waivers = Waiver.objects.filter(check_row__check_id__in=linked.values("check_id")).order_by("-from_at")
    controls, rows, links, checks, criteria, lines, history, occurrences, members = ask(
        Control.objects.filter(code=code),
        rows_asked(at, code),
        linked,
        Check.objects.filter(check_id__in=linked.values("check_id")),
        ControlCriterion.objects.filter(control__code=code).order_by("criterion__position").values_list("criterion_id"),
        waivers.values_list("check_row__check_id", "subject__name", "from_at", "until_at", "approved_by", "reason")[:WAIVERS],
        entries_about(Control.objects.filter(code=code).values("pk")[:1], ENTRIES),
        Occurrence.objects.filter(control__code=code).order_by("-due_at")[:OCCURRENCES],
        members_by_name(),
    )
    if not controls or not rows:
        return None
    return Dossier(
        control=controls[0], row=rows[0], links=deciding_first(links), checks={check.check_id: check for check in checks},
        criteria=[criterion for (criterion,) in criteria], waivers=[WaiverLine(line[0], line[1] or "", *line[2:]) for line in lines],
        history=history, occurrences=occurrences, members=members,
    )  # fmt: skip
