"""Facts about judging: populations, versions of logic, waivers, freshness of each control's evidence."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from controls.outcomes import CheckState
from controls.registry import Definition, definitions
from controls.selectors.quality import ControlSeen, WaiverSeen
from evidence.facts import instants
from evidence.facts.check_population.v1 import CheckPopulation
from evidence.facts.control_evidence.v1 import ControlEvidence
from evidence.facts.exclusion.v1 import Exclusion
from evidence.facts.fact import Fact
from evidence.facts.judging_logic.v1 import JudgingLogic, LogicChange
from evidence.selectors.streams import StreamSight

if TYPE_CHECKING:
    from controls.models import Check, CheckVersion

UNSEEN = (CheckState.NO_DATA, CheckState.ERROR, CheckState.STALE, CheckState.DISABLED)
QUALITY = "quality"


def judged_checks(rows: "Sequence[Check]") -> "list[tuple[Check, Definition]]":
    """Enabled checks that this version can decide, those about quality themselves left out: nothing judges itself."""
    known = definitions()
    pairs = [(row, known[row.check_id]) for row in rows if row.enabled and row.check_id in known]
    return [(row, each) for row, each in pairs if each.version and each.vendor != QUALITY]


def check_populations(checks: "Sequence[tuple[Check, Definition]]") -> Iterator[Fact]:
    """One per check."""
    for row, known in checks:
        nobody = not (row.passing or row.failing or row.unknown or row.not_applicable)
        empty = None if row.state in UNSEEN and nobody else nobody
        yield CheckPopulation(subject=known.id, name=known.title, empty=empty, explained=bool(row.empty_explained.strip()))


def judging_logics(checks: "Sequence[tuple[Check, Definition]]", versions: "Mapping[uuid.UUID, Sequence[CheckVersion]]") -> Iterator[Fact]:
    """One per check."""
    for row, known in checks:
        held = versions.get(row.pk, ())
        yield JudgingLogic(
            subject=known.id, name=known.title, version=known.version, in_force=_in_force(row, known, held[-1]) if held else None,
            changes=tuple(
                LogicChange(at=instants.to_text(each.from_at), version=each.logic_version, compared=bool(each.before) and bool(each.after),
                            reasoned=bool(each.reason.strip()))
                for each in held[1:]
            ),
        )  # fmt: skip


def _in_force(row: "Check", known: Definition, last: "CheckVersion") -> bool:
    parameters = {**known.defaults, **row.parameters}
    return (last.logic_version, last.logic_digest) == (known.version, known.digest) and {**known.defaults, **last.parameters} == parameters


def exclusions(waivers: Sequence[WaiverSeen]) -> Iterator[Fact]:
    """One per waiver whose time is not over."""
    for each in waivers:
        waiver = each.waiver
        covers = str(waiver.subject) if waiver.subject is not None else "everything"
        yield Exclusion(
            subject=str(waiver.pk), name=f"{waiver.check_row.check_id}: {covers}", check=waiver.check_row.check_id, covers=covers,
            reasoned=bool(waiver.reason.strip()), approved_by=waiver.approved_by, owners=each.owners,
            from_at=instants.to_text(waiver.from_at), until=instants.to_text(waiver.until_at), ended=waiver.ended_at is not None,
        )  # fmt: skip


def control_evidence(controls: Sequence[ControlSeen], sights: Sequence[StreamSight], now: datetime) -> Iterator[Fact]:
    """One per control in use: whether what decides it was observed in its rhythm. Checks about quality are no evidence of a control."""
    known = definitions()
    for each in controls:
        deciding = [known[check] for check in each.checks if check in known and known[check].version and known[check].vendor != QUALITY]
        streams = [sight for sight in sights if any(check.reads_from(sight.vendor) and sight.kind in check.kinds for check in deciding)]
        stale = [sight for sight in streams if sight.stale_at is not None and sight.stale_at <= now]
        seen = bool(each.occurrences or any(sight.observed_until is not None for sight in streams))
        yield ControlEvidence(
            subject=each.control.code, name=each.control.title, frequency=each.control.frequency, watched=seen or None,
            stale_since=instants.to_text(min(sight.stale_at for sight in stale)) if stale else None,
            stale_kinds=tuple(sorted({f"{sight.vendor} {sight.kind}" for sight in stale})),
            late_at=instants.to_text(each.late_at) if each.late_at is not None else None,
        )  # fmt: skip
