"""Active access keys are replaced in time (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.access_key.v1 import AccessKey

FACT = AccessKey
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"max_age_days": 90}


def judge(fact: AccessKey, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one key by access_key_N_last_rotated of the credential report."""
    if fact.active is None:
        return no_data("whether the key is active was not observed")
    if not fact.active:
        return not_applicable("the key is not active")
    if fact.rotated is None:
        return no_data("when the key was made was not observed")
    days = int(parameters["max_age_days"])  # type: ignore[call-overload]
    end = after(fact.rotated, days=days)
    if now >= end:
        return failed(f"made {day(fact.rotated)}, older than {days} days since {day(end)}")
    return passed(f"made {day(fact.rotated)}, older than {days} days from {day(end)}", end)
