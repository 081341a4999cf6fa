"""Lifecycle rules delete all data within the stated retention period (C1.2, P4.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.selectors import set_aside
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.object_store.v1 import ObjectStore

FACT = ObjectStore
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"retention_days": 0, "data_tags": []}


def judge(fact: ObjectStore, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Age at which the last trace of an object goes: expiration of the current version plus, with versioning, of replaced ones.
    Only enabled rules without a filter count, because a filter leaves objects out."""
    period = int(parameters["retention_days"])  # type: ignore[call-overload]
    if period <= 0:
        return no_data("no retention period is stated yet; set retention_days to what the policy says")
    if (aside := set_aside(fact.tags, parameters, "data_tags", "a bucket under the retention policy")) is not None:
        return aside
    if fact.expirations is None or fact.versioning is None:
        return no_data("lifecycle or versioning was not observed")
    current = min((each.days for each in fact.expirations if each.whole and each.days is not None), default=None)
    former = min((each.old_version_days for each in fact.expirations if each.whole and each.old_version_days is not None), default=None)
    if current is None:
        return failed("no rule deletes all objects by age")
    if fact.versioning == "never":
        former = 0
    if former is None:
        return failed(f"objects expire after {current} days, and their former versions are kept for ever")
    if current + former > period:
        return failed(f"data is gone after {current + former} days; the policy says {period}")
    return passed(f"data is gone after {current + former} days; the policy says {period}")
