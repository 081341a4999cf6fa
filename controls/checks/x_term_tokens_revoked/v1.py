"""Keys and tokens of a leaver are revoked in time (CC6.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import minute
from controls.checks.shared.joins import deadline_of, ended, named, unread
from controls.outcomes import Judgement, failed, no_data, passed
from evidence.facts.person_access.v1 import PersonAccess

FACT = PersonAccess
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"sla_hours": 24}


def judge(fact: PersonAccess, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one person. Accounts of systems that have keys must show them."""
    deadline = deadline_of(fact, int(parameters["sla_hours"]))  # type: ignore[call-overload]
    if isinstance(deadline, Judgement):
        return deadline
    keys = [(account, secret) for account in fact.accounts for secret in account.secrets or ()]
    working = sorted(f"{secret.name} ({account.system})" for account, secret in keys if secret.active)
    if working and now >= deadline:
        return failed(f"{', '.join(working)} still active; {ended(fact)}, access had to end by {minute(deadline)}")
    if blind := unread(fact):
        return blind
    unseen = [each for each in fact.accounts if each.secrets is None and each.category in ("cloud", "code")]
    doubtful = sorted(secret.name for _account, secret in keys if secret.active is None)
    if unseen or doubtful:
        return no_data(f"whether keys are active was not observed: {named(unseen) or ', '.join(doubtful)}")
    if working:
        return passed(f"{ended(fact)}; {', '.join(working)} must be revoked by {minute(deadline)}", holds_until=deadline)
    return passed(f"{ended(fact)}; no active key or token")
