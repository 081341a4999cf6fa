"""What stands on one control's page, in two round trips: the control with what it is linked to, then all that hangs from these."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from compliance.members.selectors.listing import members_by_name
from compliance.tenancy.together import ask
from compliance.trail.selectors.entries import entries_about
from controls.models import Check, Control, ControlCheck, ControlCriterion, Occurrence, Waiver
from controls.selectors.controls import deciding_first
from controls.selectors.health import ControlRow, EpochPiece, by_control, clipped, observed_asked, pieces_asked, rows_asked
from controls.selectors.moments import Moment

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
    """`row`: the control with its owner and its state at the instant told of. `members`: (id, name) of those who may be its owner. `pieces`
    is its health over the period, `coverage` when every stream was observed."""

    control: Control
    row: ControlRow
    links: list[ControlCheck]
    checks: dict[str, Check]
    criteria: list[str]
    waivers: list[WaiverLine]
    history: "list[Entry]"
    occurrences: list[Occurrence]
    members: "list[tuple[uuid.UUID, str]]"
    pieces: list[EpochPiece]
    coverage: list[tuple[float, float]]


def dossier(code: str, moment: Moment) -> Dossier | None:
    """The dossier of the control of that code as of the moment; None when there is none, or when it was not in force then."""
    controls, rows, links = ask(
        Control.objects.filter(code=code), rows_asked(moment.at, code), ControlCheck.objects.filter(control__code=code)
    )
    if not controls or not rows:
        return None
    own, names = controls[0].pk, [link.check_id for link in links]
    waivers = Waiver.objects.filter(check_row__check_id__in=names).order_by("-from_at")
    checks, criteria, lines, history, occurrences, members, pieces, observed = ask(
        Check.objects.filter(check_id__in=names),
        ControlCriterion.objects.filter(control_id=own).order_by("criterion__position").values_list("criterion_id"),
        waivers.values_list("check_row__check_id", "subject__name", "from_at", "until_at", "approved_by", "reason")[:WAIVERS],
        entries_about(own, ENTRIES),
        Occurrence.objects.filter(control_id=own).order_by("-due_at")[:OCCURRENCES],
        members_by_name(),
        pieces_asked([own], moment.start, moment.until),
        observed_asked(moment.start, moment.until),
    )
    return Dossier(
        control=controls[0], row=rows[0], links=deciding_first(links), checks={check.check_id: check for check in checks},
        criteria=[criterion for (criterion,) in criteria], waivers=[WaiverLine(line[0], line[1] or "", *line[2:]) for line in lines],
        history=history, occurrences=occurrences, members=members, pieces=by_control(pieces).get(own, []),
        coverage=clipped(observed, moment.start, moment.until),
    )  # fmt: skip
