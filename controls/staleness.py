"""What pages show while no worker has marked a stream that ran out: not observed, never green."""

from collections.abc import Iterable
from dataclasses import replace

from controls.models import ControlCheck
from controls.outcomes import ControlState
from controls.registry import definitions
from controls.selectors.health import ControlRow

REASON = "nothing has looked for longer than allowed"


def overlay(rows: list[ControlRow], stale: Iterable[tuple[str, str]]) -> list[ControlRow]:
    """The rows with every met control that a stale stream decides turned into not observed."""
    gone = set(stale)
    blind = {each.id for each in definitions().values() if any((each.vendor, kind) in gone for kind in each.kinds)}
    controls = set(ControlCheck.objects.filter(check_id__in=blind).exclude(kind="supporting").values_list("control_id", flat=True))
    return [
        replace(row, state=ControlState.NOT_OBSERVED.value, reason=REASON)
        if row.id in controls and row.state != ControlState.FAILED
        else row
        for row in rows
    ]
