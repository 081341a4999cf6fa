"""No database is publicly accessible (CC6.6)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.database.v1 import Database

FACT = Database
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: Database, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """PubliclyAccessible of the instance; of a cluster only where it has addresses of its own (Multi-AZ clusters)."""
    if fact.public is None:
        if fact.form == "cluster":
            return not_applicable("has no address of its own; its instances are judged")
        return no_data("whether it has a public address was not observed")
    return failed("is publicly accessible") if fact.public else passed("is not publicly accessible")
