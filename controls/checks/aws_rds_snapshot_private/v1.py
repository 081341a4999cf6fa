"""No manual database snapshot is public (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.database_snapshot.v1 import DatabaseSnapshot

FACT = DatabaseSnapshot
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}


def judge(fact: DatabaseSnapshot, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """The `restore` attribute does not contain `all`."""
    if fact.shared_with is None:
        return no_data("who may restore it was not observed")
    if "all" in fact.shared_with:
        return failed("anyone may restore it")
    return passed(f"only the account itself{f' and {len(fact.shared_with)} named account(s)' if fact.shared_with else ''} may restore it")
