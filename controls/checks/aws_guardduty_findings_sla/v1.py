"""Open findings of high severity are not older than allowed (CC7.3, CC7.4)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.threat_finding.v1 import ThreatFinding

FACT = ThreatFinding
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"least_severity": 7, "fix_days": 7}


def judge(fact: ThreatFinding, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one open finding by severity and age."""
    if fact.severity is None:
        return no_data("the finding's severity was not observed")
    least, days = int(parameters["least_severity"]), int(parameters["fix_days"])  # type: ignore[call-overload]
    if fact.severity < least * 10:
        return not_applicable(f"severity {fact.severity / 10:.1f} is below {least}")
    if fact.found is None:
        return no_data("when the finding was raised was not observed")
    end = after(fact.found, days=days)
    said = f"severity {fact.severity / 10:.1f}, open since {day(fact.found)}"
    return failed(f"{said}, overdue since {day(end)}") if now >= end else passed(f"{said}, due {day(end)}", end)
