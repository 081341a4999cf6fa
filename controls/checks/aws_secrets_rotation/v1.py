"""Secrets rotate by schedule or were changed within a year (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.managed_secret.v1 import ManagedSecret

FACT = ManagedSecret
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"max_age_days": 365}


def judge(fact: ManagedSecret, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one secret by its schedule, else by when its value last changed (never: when it was made)."""
    if fact.owner:
        return not_applicable(f"managed by {fact.owner}")
    if fact.rotation:
        return passed("replaced by schedule")
    if fact.changed is None or (fact.changed == "" and fact.created is None):
        return no_data("when the secret last changed was not observed")
    days = int(parameters["max_age_days"])  # type: ignore[call-overload]
    base = fact.changed or fact.created or ""
    end = after(base, days=days)
    if now < end:
        return passed(f"last changed {day(base)}, older than {days} days from {day(end)}", end)
    if fact.rotation is None:
        return no_data("whether the secret rotates was not observed")
    return failed(f"not replaced by schedule; last changed {day(base)}, older than {days} days since {day(end)}")
