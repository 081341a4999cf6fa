"""Each perimeter's last scan from outside is recent (CC7.1, CC4.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.security_test.v1 import SecurityTest

FACT = SecurityTest
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"days": 90}


def judge(fact: SecurityTest, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one perimeter by its latest scan; the subject is the perimeter."""
    if fact.form is None:
        return no_data("what kind of test it was is not known")
    if fact.form != "external_scan":
        return not_applicable("is another kind of test")
    if fact.performed == "":
        return failed("was never scanned from outside")
    if fact.performed is None:
        return no_data("when it was scanned is not known")
    end = after(fact.performed, days=int(parameters["days"]))  # type: ignore[call-overload]
    said = f"scanned from outside on {day(fact.performed)}, due again by {day(end)}"
    return failed(said) if now >= end else passed(said, end)
