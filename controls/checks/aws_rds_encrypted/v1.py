"""The storage of every database instance and cluster is encrypted (CC6.1, C1.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.database.v1 import Database

FACT = Database
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Database, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """StorageEncrypted of the instance or the cluster."""
    if fact.encrypted is None:
        return no_data("whether its storage is encrypted was not observed")
    return passed("storage is encrypted") if fact.encrypted else failed("storage is not encrypted")
