"""Production databases stand in at least two availability zones (A1.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.selectors import set_aside
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.database.v1 import Database

FACT = Database
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"production_tags": []}


def judge(fact: Database, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """MultiAZ of an instance; of a cluster also two members in two zones."""
    if (aside := set_aside(fact.tags, parameters, "production_tags", "production")) is not None:
        return aside
    if fact.cluster:
        return not_applicable(f"member of the cluster {fact.cluster}, which is judged")
    if fact.multi_zone or len(set(fact.zones)) >= 2:
        return passed("stands in more than one availability zone")
    if fact.multi_zone is None:
        return no_data("in how many zones it stands was not observed")
    return failed("stands in one availability zone only")
