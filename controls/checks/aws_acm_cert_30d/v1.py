"""Certificates in use end later than in 30 days (CC6.7, A1.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.certificate.v1 import Certificate

FACT = Certificate
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"days": 30}


def judge(fact: Certificate, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """NotAfter of certificates that a service presents; the outcome turns when the margin before it begins."""
    if fact.in_use is False:
        return not_applicable("presented by no service")
    if fact.expires == "":
        return not_applicable("was not issued yet")
    if fact.expires is None or fact.in_use is None:
        return no_data("its end or its use was not observed")
    days = int(parameters["days"])  # type: ignore[call-overload]
    turn = after(fact.expires, days=-days)
    if now >= turn:
        return failed(f"expires on {day(fact.expires)}; within {days} days of it since {day(turn)}")
    return passed(f"expires on {day(fact.expires)}", turn)
