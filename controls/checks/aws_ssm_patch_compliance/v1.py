"""Running machines are managed, scanned and lack no critical patch (CC7.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.machine_patching.v1 import MachinePatching

FACT = MachinePatching
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"scan_days": 7}


def judge(fact: MachinePatching, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one running machine. One that the service does not manage fails, because nobody would know what it lacks."""
    if fact.managed is False:
        return failed("the patching service does not know the machine")
    if fact.critical_missing:
        return failed(f"{fact.critical_missing} critical patches are missing")
    if fact.managed is None or fact.scanned is None:
        return no_data("the machine's patches were not observed")
    if fact.scanned == "":
        return failed("the machine was never searched for missing patches")
    if fact.critical_missing is None:
        return no_data("the number of missing critical patches was not observed")
    days = int(parameters["scan_days"])  # type: ignore[call-overload]
    end = after(fact.scanned, days=days + 1)
    said = f"no critical patch was missing on {day(fact.scanned)}"
    return failed(f"{said}; not searched again by {day(end)}") if now >= end else passed(f"{said}; next search due {day(end)}", end)
