"""An empty population is explained by signature."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.check_population.v1 import CheckPopulation

FACT = CheckPopulation
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: CheckPopulation, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one check."""
    if fact.empty is None:
        return no_data("the check could not look yet")
    if not fact.empty:
        return passed("somebody falls under the claim")
    if fact.explained:
        return passed("nobody falls under the claim; a person explained why")
    return failed("nobody falls under the claim, and no person has explained why")
