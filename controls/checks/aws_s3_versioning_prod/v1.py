"""Buckets that hold data have versioning enabled (A1.2, C1.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.selectors import set_aside
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.object_store.v1 import ObjectStore

FACT = ObjectStore
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"data_tags": []}


def judge(fact: ObjectStore, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Versioning status is Enabled; Suspended and never enabled both fail."""
    if (aside := set_aside(fact.tags, parameters, "data_tags", "a data bucket")) is not None:
        return aside
    if fact.versioning is None:
        return no_data("versioning was not observed")
    if fact.versioning == "enabled":
        return passed("versioning is enabled")
    return failed("versioning is suspended" if fact.versioning == "suspended" else "versioning was never enabled")
