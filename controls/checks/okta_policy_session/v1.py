"""Sessions are short (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.session_rule.v1 import SessionRule

FACT = SessionRule
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"idle_minutes": 720, "lifetime_minutes": 1440}


def judge(fact: SessionRule, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one rule that is in force and lets people in. 0 minutes mean without limit."""
    if fact.active is False or fact.policy_active is False:
        return not_applicable("is not in force")
    if fact.access == "deny":
        return not_applicable("lets nobody in, so that no session begins")
    idle, lifetime = int(parameters["idle_minutes"]), int(parameters["lifetime_minutes"])  # type: ignore[call-overload]
    wrong = [
        *_too_long("unused sessions last", fact.idle_minutes, idle),
        *_too_long("sessions last", fact.lifetime_minutes, lifetime),
        *(["sessions outlive the browser"] if fact.persistent else []),
    ]
    known = fact.active is not None and fact.policy_active is not None and fact.access is not None
    if wrong and known:
        return failed("; ".join(wrong))
    if not known or fact.idle_minutes is None or fact.lifetime_minutes is None or fact.persistent is None:
        return no_data("not every setting of the rule was observed")
    return passed(f"unused sessions last {fact.idle_minutes} minutes, any session {fact.lifetime_minutes}, none outlives the browser")


def _too_long(what: str, minutes: int | None, most: int) -> list[str]:
    if minutes == 0:
        return [f"{what} without limit"]
    return [f"{what} {minutes} minutes, more than {most}"] if minutes is not None and minutes > most else []
