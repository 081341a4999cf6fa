"""Nothing was done with a leaver's accounts after the end (CC6.2, CC7.2)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.ages import day, minute
from controls.checks.shared.joins import deadline_of, ended, named, unread
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts import instants
from evidence.facts.person_access.v1 import Holding, PersonAccess

FACT = PersonAccess
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"grace_hours": 0}


def judge(fact: PersonAccess, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one person by the last use that each system shows; where it shows only the day, a use on the day of the end does not count."""
    limit = deadline_of(fact, int(parameters["grace_hours"]))  # type: ignore[call-overload]
    if isinstance(limit, Judgement):
        return limit
    used = [
        f"{each.login} ({each.system}) on {minute(each.last_use)}"
        for each in fact.accounts
        if each.last_use and instants.from_text(each.last_use) > limit
    ]
    used += [
        f"{secret.name} ({each.system}) on {secret.last_used_day}"
        for each in fact.accounts
        for secret in each.secrets or ()
        if secret.last_used_day and secret.last_used_day > day(limit)
    ]
    if used:
        return failed(f"used after the end: {', '.join(sorted(used))}; {ended(fact)}")
    if now < limit:
        return unread(fact) or not_applicable(ended(fact), holds_until=limit)
    if blind := unread(fact):
        return blind
    silent = [each for each in fact.accounts if each.last_use is None and not _closed_before(each, limit)]
    if silent:
        return no_data(f"the last use of {named(silent)} was not observed")
    return passed(f"{ended(fact)}; no use after it")


def _closed_before(account: Holding, limit: datetime) -> bool:
    return account.enabled is False and bool(account.disabled_at) and instants.from_text(account.disabled_at or "") <= limit
