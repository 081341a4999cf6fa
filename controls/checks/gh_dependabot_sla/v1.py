"""Dependency alerts are closed within the time of their severity; dismissals say why (CC7.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.deadlines import LIMITS, judge_dismissal, judge_open
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.dependency_alert.v1 import DependencyAlert

FACT = DependencyAlert
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {**LIMITS, "auto_dismissal_accepted": False}


def judge(fact: DependencyAlert, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one alert by state, severity and creation."""
    match fact.state:
        case "open":
            return judge_open(fact.created, fact.severity, parameters, now)
        case "dismissed":
            return judge_dismissal(fact.dismissed_reason, fact.dismissed_by)
        case "auto_dismissed":
            if parameters["auto_dismissal_accepted"] or fact.dismissed_reason:
                return passed("dismissed by a rule of the owner")
            return failed("dismissed by a rule, without a reason")
        case "fixed":
            return passed("fixed")
    return no_data("the state of the alert is not known")
