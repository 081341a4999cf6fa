"""Code scanning alerts are closed within the time of their severity; dismissals say why (CC7.1, CC8.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.deadlines import LIMITS, judge_dismissal, judge_open
from controls.outcomes import Judgement, no_data, passed
from evidence.facts.code_alert.v1 import CodeAlert

FACT = CodeAlert
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = dict(LIMITS)


def judge(fact: CodeAlert, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one alert by state, severity and creation."""
    match fact.state:
        case "open":
            return judge_open(fact.created, fact.severity, parameters, now)
        case "dismissed":
            return judge_dismissal(fact.dismissed_reason, fact.dismissed_by)
        case "fixed":
            return passed("fixed")
    return no_data("the state of the alert is not known")
