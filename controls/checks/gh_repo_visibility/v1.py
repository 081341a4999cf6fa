"""A repository is private or internal, unless it stands on the list of public ones (CC6.1, C1.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.registers import entered
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.repository.v1 import Repository

FACT = Repository
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"public_allowed": []}


def judge(fact: Repository, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one repository, archived ones too: they are shown all the same."""
    if fact.visibility is None:
        return no_data("who can see the repository was not observed")
    if fact.visibility in ("private", "internal"):
        return passed(f"is {fact.visibility}")
    allowed: list[str] = parameters["public_allowed"]  # type: ignore[assignment]
    if entered(fact.name, allowed) or entered(fact.name.rpartition("/")[2], allowed):
        return passed("is public, and stands on the list of what is meant to be")
    return failed(f"is {fact.visibility} and not on the list of what is meant to be")
