"""Stored digests and log positions verify to the latest signed checkpoint."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.evidence_sample.v1 import EvidenceSample

FACT = EvidenceSample
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: EvidenceSample, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge the latest sample."""
    if fact.broken:
        return failed(f"{len(fact.broken)} do not verify: {'; '.join(fact.broken[:5])}")
    if not fact.checked:
        return no_data("nothing that is sealed could be looked at yet")
    return passed("every record, raw answer and place in the log that was looked at verifies")
