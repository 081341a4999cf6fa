"""Adopting controls from the library, and what follows: checks, demand, occurrences."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from functools import lru_cache

from django.db.models import Min

from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from controls.catalogue.entries import LibraryControl
from controls.catalogue.loading import load_criteria, load_library
from controls.models import Check, CheckVersion, Control, ControlCheck, ControlCriterion, Health, Period
from controls.outcomes import ControlState, Severity
from controls.registry import definitions
from evidence.services.demand import Wanted, _want, _want_since

_ORDER = list(Severity)


@lru_cache(maxsize=1)
def library() -> dict[str, LibraryControl]:
    """The control library of this version by code."""
    return {control.code: control for control in load_library(load_criteria()).controls}


def adopt_controls(*, actor: Actor, codes: Iterable[str], now: datetime) -> list[Control]:
    """Adopt library controls by code; those already adopted are left alone. Their checks are set up, and what these need to know is
    demanded from the collectors. Raises KeyError for an unknown code."""
    wanted = [library()[code] for code in dict.fromkeys(codes)]
    with action(ActionName.CONTROL_ADOPTED, actor=actor, detail={"codes": [each.code for each in wanted][:200]}):
        present = set(Control.objects.filter(code__in=[each.code for each in wanted]).values_list("code", flat=True))
        new = [each for each in wanted if each.code not in present]
        controls = Control.objects.bulk_create([_control(each, now) for each in new])
        _link(controls, new)
        _set_up_checks({link.id for each in new for link in each.checks}, now)
        Health.objects.bulk_create([Health(control=each, state=ControlState.NOT_OBSERVED, from_at=now) for each in controls])
    return controls


def _control(entry: LibraryControl, now: datetime) -> Control:
    known = definitions()
    severities = [known[link.id].severity for link in entry.deciding_checks if link.id in known]
    return Control(
        code=entry.code, library_code=entry.code, title=entry.title, statement=entry.statement, type=entry.type.value, nature=entry.nature.value,
        frequency=entry.frequency.value, grace_days=entry.grace_days or 0, key=entry.key, area=entry.area, owner_role=entry.default_owner_role,
        severity=min(severities, key=_ORDER.index).value if severities else Severity.MEDIUM.value, adopted_at=now,
        typical_evidence=list(entry.typical_evidence),
    )  # fmt: skip


def _link(controls: Sequence[Control], entries: Sequence[LibraryControl]) -> None:
    ControlCriterion.objects.bulk_create(
        [
            ControlCriterion(control=control, criterion_id=link.code, rationale=link.rationale)
            for control, entry in zip(controls, entries, strict=True)
            for link in entry.criteria
        ]
    )
    ControlCheck.objects.bulk_create(
        [
            ControlCheck(control=control, check_id=link.id, kind=link.kind.value, rationale=link.rationale)
            for control, entry in zip(controls, entries, strict=True)
            for link in entry.checks
        ]
    )


def _set_up_checks(check_ids: set[str], now: datetime) -> None:
    """Inner step of an action: rows for checks that this version knows, and the demand that follows."""
    known = definitions()
    present = set(Check.objects.values_list("check_id", flat=True))
    new = [known[check_id] for check_id in sorted(check_ids) if check_id in known and check_id not in present]
    rows = Check.objects.bulk_create(
        [
            Check(check_id=each.id, logic_version=each.version, parameters={}, since=now, detail=each.missing or "nothing has looked yet")
            for each in new
        ]
    )
    CheckVersion.objects.bulk_create(
        [
            CheckVersion(check_row=row, logic_version=each.version, logic_digest=each.digest, parameters=each.defaults, from_at=now)
            for row, each in zip(rows, new, strict=True)
        ]
    )
    _want(Wanted(each.source_vendor, kind, each.completeness or "none", each.id) for each in new for kind in sorted(each.kinds))
    earliest = Period.objects.aggregate(earliest=Min("first_day"))["earliest"]
    if earliest is not None:
        _want_since(datetime.combine(earliest, time.min, UTC))
