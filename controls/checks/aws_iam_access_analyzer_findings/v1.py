"""Open findings of access from outside are not older than allowed (CC6.6)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.exposure_finding.v1 import ExposureFinding

FACT = ExposureFinding
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"fix_days": 30}


def judge(fact: ExposureFinding, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one open finding by its age."""
    if fact.found is None:
        return no_data("when the finding was raised was not observed")
    days = int(parameters["fix_days"])  # type: ignore[call-overload]
    end = after(fact.found, days=days)
    if now >= end:
        return failed(f"{fact.resource or fact.name} open since {day(fact.found)}, overdue since {day(end)}")
    return passed(f"{fact.resource or fact.name} open since {day(fact.found)}, due {day(end)}", end)
