"""Server access logging or data events of a trail cover the bucket (CC7.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.object_store.v1 import ObjectStore

FACT = ObjectStore
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: ObjectStore, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Server access logging is on, or a trail that is logging records all reads and writes of the bucket's objects."""
    if fact.log_target:
        return passed(f"access is logged to {fact.log_target}")
    if fact.audit_trails:
        return passed(f"reads and writes are recorded by the trail {', '.join(fact.audit_trails)}")
    if fact.log_target is None or fact.audit_trails is None:
        return no_data("access logging or the trails' data events were not observed")
    return failed("neither an access log nor a trail's data events cover it")
