"""Collection ran whole on every day (completeness and accuracy of evidence)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, Outcome, failed, no_data, passed
from evidence.facts import instants
from evidence.facts.collection_record.v1 import CollectionRecord

FACT = CollectionRecord
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"explained_days": []}


def judge(fact: CollectionRecord, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one connected account."""
    explained = {str(each) for each in parameters["explained_days"]}  # type: ignore[attr-defined]
    missing = [day for day in fact.missing_days if day not in explained]
    if missing:
        said = f"{len(missing)} days" if len(missing) > 1 else "one day"
        return failed(f"not read whole on {said} since {fact.since}, the first {missing[0]}")
    by = instants.from_text(fact.next_by) if fact.next_by else None
    if by is None:
        return no_data("it is not said by when it must be read again")
    last = f"last on {fact.last_day}" if fact.last_day else "never yet"
    if now >= by:
        return failed(f"read whole {last}, and the day that had to follow ended {fact.next_by}")
    if not fact.last_day:
        return Judgement(Outcome.NO_DATA, f"connected on {fact.since} and not read whole yet", by)
    return passed(f"read whole on every day since {fact.since}, {last}", by)
