"""Data sets were found intact lately (PI1.5)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.integrity_check.v1 import IntegrityCheck

FACT = IntegrityCheck
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"days": 30}


def judge(fact: IntegrityCheck, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one data set by result and age of its last integrity check."""
    if fact.checked == "":
        return failed("was never checked")
    if fact.intact is False:
        return failed(f"found damaged{' on ' + day(fact.checked) if fact.checked else ''}")
    if fact.checked is None:
        return no_data("when it was checked is not known")
    end = after(fact.checked, days=int(parameters["days"]))  # type: ignore[call-overload]
    said = f"checked on {day(fact.checked)}, due again by {day(end)}"
    if now >= end:
        return failed(said)
    return no_data("the result of the check is not known") if fact.intact is None else passed(said, end)
