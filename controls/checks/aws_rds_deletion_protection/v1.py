"""Deletion protection is on for every database (A1.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.database.v1 import Database

FACT = Database
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Database, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """DeletionProtection of the instance, or of the cluster that holds the data of its members."""
    if fact.cluster:
        return not_applicable(f"member of the cluster {fact.cluster}, which is judged")
    if fact.deletion_protection is None:
        return no_data("deletion protection was not observed")
    return passed("deletion protection is on") if fact.deletion_protection else failed("deletion protection is off")
