"""Findings are closed within the time of their severity, counted from the first detection (CC7.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.deadlines import LIMITS, judge_open
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.vulnerability.v1 import Vulnerability

FACT = Vulnerability
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {**LIMITS}


def judge(fact: Vulnerability, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one finding by state, severity and first detection."""
    match fact.state:
        case "open":
            if fact.severity == "info":
                return not_applicable("is information, not a weakness")
            return judge_open(fact.found, fact.severity, parameters, now)
        case "accepted":
            by, reason = fact.accepted_by, fact.accepted_reason
            if by == "" or reason == "":
                return failed("accepted without saying by whom and why")
            if by is None and reason is None:
                return no_data("accepted; by whom and why is not said")
            return passed(f"accepted by {by or 'somebody who is not named'}: {reason or 'no reason is given in the list'}")
        case "fixed" | "not_affected" | "false_positive":
            return passed(fact.state.replace("_", " "))
    return no_data("the state of the finding is not known")
