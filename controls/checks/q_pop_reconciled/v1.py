"""Two independent counts of a population agree, name by name."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.population_count.v1 import PopulationCount

FACT = PopulationCount
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: PopulationCount, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one population."""
    if fact.first_missing is None or fact.second_missing is None:
        return no_data(f"{fact.first_way} and {fact.second_way} were not both read whole")
    if not fact.first_missing and not fact.second_missing:
        return passed(f"{fact.first_way} and {fact.second_way} agree")
    said = []
    if fact.second_missing:
        said.append(f"only in {fact.first_way}: {', '.join(fact.first_only or ()) or fact.second_missing}")
    if fact.first_missing:
        said.append(f"only in {fact.second_way}: {', '.join(fact.second_only or ()) or fact.first_missing}")
    return failed("; ".join(said))
