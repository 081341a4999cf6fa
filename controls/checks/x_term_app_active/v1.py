"""Every account of a leaver outside the identity provider is closed in time (CC6.2, CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.joins import deadline_of, ended, still_enabled
from controls.outcomes import Judgement, passed
from evidence.facts.person_access.v1 import PersonAccess

FACT = PersonAccess
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"sla_hours": 24}


def judge(fact: PersonAccess, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one person over all systems but the identity provider."""
    deadline = deadline_of(fact, int(parameters["sla_hours"]))  # type: ignore[call-overload]
    if isinstance(deadline, Judgement):
        return deadline
    accounts = [each for each in fact.accounts if each.category != "identity"]
    if (answer := still_enabled(fact, accounts, deadline, now)) is not None:
        return answer
    return passed(f"{ended(fact)}; no account can be used any more")
