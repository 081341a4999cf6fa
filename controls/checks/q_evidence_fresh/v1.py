"""The newest evidence of a control is not older than its frequency and grace allow."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts import instants
from evidence.facts.control_evidence.v1 import ControlEvidence

FACT = ControlEvidence
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: ControlEvidence, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one control."""
    if fact.stale_since is not None:
        return failed(f"{', '.join(fact.stale_kinds)} not observed since {fact.stale_since[:10]}")
    late = instants.from_text(fact.late_at) if fact.late_at else None
    if late is not None and now >= late:
        return failed(f"its performance was late from {fact.late_at[:10]} on")  # type: ignore[index]
    if not fact.watched:
        return no_data("nothing that is connected or scheduled shows it")
    return passed(f"observed as its frequency ({fact.frequency.replace('_', ' ')}) asks", late)
