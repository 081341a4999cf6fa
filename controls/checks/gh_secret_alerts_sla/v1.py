"""No secret scanning alert stays open longer than a day (CC7.1, CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, minute
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.secret_alert.v1 import SecretAlert

FACT = SecretAlert
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"max_open_hours": 24}


def judge(fact: SecretAlert, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one alert by state and creation."""
    if fact.state == "resolved":
        return passed("resolved")
    if fact.state != "open":
        return no_data("the state of the alert is not known")
    if fact.created is None:
        return no_data("when the alert arose was not observed")
    end = after(fact.created, hours=int(parameters["max_open_hours"]))  # type: ignore[call-overload]
    said = f"open since {minute(fact.created)}, due at {minute(end)}"
    return failed(said) if now >= end else passed(said, end)
