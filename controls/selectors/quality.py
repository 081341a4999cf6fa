"""What the programme says about its own judging: populations, versions, waivers, and what each control lives from."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Min

from controls.models import Check, CheckVersion, Control, ControlCheck, Occurrence, Period, Verdict, Waiver
from controls.outcomes import Outcome

VENDOR = "quality"
_RANK = {"fail": 0, "no_data": 1, "not_applicable": 2, "pass": 3}


@dataclass(frozen=True, slots=True)
class WaiverSeen:
    """A waiver with those who answer for what it relieves."""

    waiver: Waiver
    owners: tuple[str, ...]


@dataclass(slots=True)
class ControlSeen:
    """A control with the checks that decide it and its next open performance."""

    control: Control
    checks: list[str] = field(default_factory=list)
    occurrences: bool = False
    late_at: datetime | None = None


def period_start() -> date | None:
    """The first day of the earliest observation period."""
    return Period.objects.aggregate(earliest=Min("first_day"))["earliest"]


def versions_by_check() -> dict[uuid.UUID, list[CheckVersion]]:
    """Versions of every check, oldest first."""
    found: dict[uuid.UUID, list[CheckVersion]] = defaultdict(list)
    for version in CheckVersion.objects.order_by("from_at", "id"):
        found[version.check_row_id].append(version)
    return found


def check_rows() -> list[Check]:
    """Every check of the organization."""
    return list(Check.objects.order_by("check_id"))


def waivers_in_force(at: datetime) -> list[WaiverSeen]:
    """Waivers whose time is not over, with the names of the owners of the controls that their check decides."""
    waivers = list(Waiver.objects.filter(from_at__lte=at, until_at__gt=at).select_related("check_row", "subject").order_by("id"))
    owners: dict[str, set[str]] = defaultdict(set)
    links = ControlCheck.objects.filter(check_id__in={each.check_row.check_id for each in waivers}, control__retired_at=None).exclude(
        kind="supporting"
    )
    for check_id, name in links.values_list("check_id", "control__owner__user__name"):
        if name:
            owners[check_id].add(name)
    return [WaiverSeen(each, tuple(sorted(owners[each.check_row.check_id]))) for each in waivers]


def controls_seen() -> list[ControlSeen]:
    """Every control in use with its deciding checks and its next open performance."""
    found = {each.pk: ControlSeen(each) for each in Control.objects.filter(retired_at=None).order_by("code")}
    for control_id, check_id in ControlCheck.objects.exclude(kind="supporting").values_list("control_id", "check_id"):
        if control_id in found:
            found[control_id].checks.append(check_id)
    for control_id, late_at, performed_at in Occurrence.objects.order_by("late_at").values_list("control_id", "late_at", "performed_at"):
        if control_id in found:
            seen = found[control_id]
            seen.occurrences = True
            if performed_at is None and seen.late_at is None:
                seen.late_at = late_at
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Said:
    """What a check about the evidence says of something, and since when."""

    check_id: str
    outcome: str
    reason: str
    name: str
    since: datetime
    subject_id: uuid.UUID


def said_about(keys: Iterable[str]) -> list[Said]:
    """Verdicts about the evidence of these things (ids of sources, streams or checks), the failing ones first."""
    rows = Verdict.objects.filter(subject__stream__vendor=VENDOR, subject__key__in=list(keys)).select_related("check_row", "subject")
    said = [
        Said(each.check_row.check_id, Outcome(each.outcome).word, each.reason, each.subject.name, each.since, each.subject_id)
        for each in rows
    ]
    return sorted(said, key=lambda each: (_RANK[each.outcome], each.check_id, each.name))
