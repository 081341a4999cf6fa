"""Password policies are strong enough (CC6.1)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.identity_password_policy.v1 import IdentityPasswordPolicy

FACT = IdentityPasswordPolicy
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"minimum_length": 12, "maximum_attempts": 10, "minimum_history": 4}


def judge(fact: IdentityPasswordPolicy, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one policy that is in force; one known weakness fails it, whatever else is unknown."""
    if fact.active is False:
        return not_applicable("is not in force")
    weak = _weaknesses(fact, parameters)
    if weak and fact.active:
        return failed("; ".join(weak))
    needed = (fact.active, fact.minimum_length, fact.refuses_login, fact.refuses_common, fact.lockout_attempts, fact.history)
    if any(each is None for each in needed):
        return no_data("not every setting of the policy was observed")
    return passed(
        f"{fact.minimum_length} characters, locked after {fact.lockout_attempts} attempts, {fact.history} former passwords refused"
    )


def _weaknesses(fact: IdentityPasswordPolicy, parameters: Mapping[str, object]) -> list[str]:
    length, attempts, history = (int(parameters[name]) for name in ("minimum_length", "maximum_attempts", "minimum_history"))  # type: ignore[call-overload]
    found = []
    if fact.minimum_length is not None and fact.minimum_length < length:
        found.append(f"{fact.minimum_length} characters are enough, fewer than {length}")
    if fact.refuses_login is False:
        found.append("the user's name may be part of the password")
    if fact.refuses_common is False:
        found.append("common passwords are accepted")
    if fact.lockout_attempts == 0:
        found.append("accounts are never locked")
    elif fact.lockout_attempts is not None and fact.lockout_attempts > attempts:
        found.append(f"locked only after {fact.lockout_attempts} attempts, more than {attempts}")
    if fact.history is not None and fact.history < history:
        found.append(f"{fact.history} former passwords are refused, fewer than {history}")
    return found
