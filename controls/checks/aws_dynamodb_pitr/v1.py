"""Point-in-time recovery is on for every table (A1.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.database_table.v1 import DatabaseTable

FACT = DatabaseTable
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: DatabaseTable, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """PointInTimeRecoveryStatus is ENABLED."""
    if fact.continuous_backup is None:
        return no_data("point-in-time recovery was not observed")
    return passed("point-in-time recovery is on") if fact.continuous_backup else failed("point-in-time recovery is off")
