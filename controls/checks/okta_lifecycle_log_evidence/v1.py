"""Deactivations are kept with who and when (CC6.2, CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import minute
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.identity_event.v1 import IdentityEvent

FACT = IdentityEvent
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {}
EVENT = "user.lifecycle.deactivate"


def judge(fact: IdentityEvent, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one event of the log; others than deactivations are not spoken of."""
    if not fact.event:
        return no_data("which event it is was not observed")
    if fact.event != EVENT:
        return not_applicable("is no deactivation")
    if fact.outcome == "failure":
        return not_applicable("the deactivation did not succeed")
    missing = [name for name, value in (("who did it", fact.actor), ("when", fact.at), ("whose account it was", fact.target)) if not value]
    if missing:
        return failed(f"the event does not say {' and '.join(missing)}")
    return passed(f"deactivated {minute(fact.at or '')} by {fact.actor_name or fact.actor}")
