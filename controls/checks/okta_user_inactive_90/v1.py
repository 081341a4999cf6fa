"""Active users sign in (CC6.2, CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import after, day
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.identity.v1 import Identity

FACT = Identity
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"inactive_days": 90, "grace_days": 30}


def judge(fact: Identity, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one user who can sign in by the last sign-in; one who never did by the day the account was made. An account that was
    activated again counts from there."""
    if fact.enabled is None:
        return no_data("whether the user can sign in was not observed")
    if not fact.enabled:
        return not_applicable(f"cannot sign in ({fact.status})")
    if fact.last_sign_in is None:
        return no_data("when the user last signed in was not observed")
    begun = max((each for each in (fact.created, fact.activated) if each), default="")
    if not fact.last_sign_in and not begun:
        return no_data("when the account was made was not observed")
    inactive, grace = int(parameters["inactive_days"]), int(parameters["grace_days"])  # type: ignore[call-overload]
    if fact.last_sign_in:
        since, end = f"last signed in {day(fact.last_sign_in)}", after(fact.last_sign_in, days=inactive)
        end = max(end, after(begun, days=grace)) if begun > fact.last_sign_in else end
    else:
        since, end = f"never signed in, account of {day(begun)}", after(begun, days=grace)
    if now >= end:
        return failed(f"{since}; unused since {day(end)}")
    return passed(f"{since}; unused from {day(end)}", end)
