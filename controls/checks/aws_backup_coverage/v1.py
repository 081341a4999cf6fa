"""Production data was backed up within the allowed time (A1.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.checks.shared.selectors import set_aside
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.data_resource.v1 import DataResource

FACT = DataResource
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"production_tags": [], "max_age_days": 1}


def judge(fact: DataResource, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one resource by its last backup, which is known to the day."""
    if (aside := set_aside(fact.tags, parameters, "production_tags", "production")) is not None:
        return aside
    if fact.protected is None or (fact.protected and fact.last_backup is None):
        return no_data("when it was last backed up was not observed")
    if not fact.protected or not fact.last_backup:
        return failed("never backed up by the backup service")
    days = int(parameters["max_age_days"])  # type: ignore[call-overload]
    end = after(fact.last_backup, days=days + 1)
    said = f"last backed up {day(fact.last_backup)}"
    return failed(f"{said}; a newer one was due {day(end)}") if now >= end else passed(f"{said}; a newer one is due {day(end)}", end)
