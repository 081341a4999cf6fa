"""Administrators of the tracker are in the register (CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.checks.shared.registers import entered
from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.tracker_user.v1 import TrackerUser

FACT = TrackerUser
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"register": []}


def judge(fact: TrackerUser, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one user by address, or by the tracker's own id where its owner hides the address."""
    if fact.administrator is None:
        return no_data("whether the user administers the tracker was not observed")
    if not fact.administrator:
        return not_applicable("is no administrator")
    if fact.enabled is False:
        return not_applicable("is switched off")
    register = parameters["register"]
    if not register:
        return no_data("no register of privileged access is kept yet")
    if entered(fact.subject, register) or (fact.email and entered(fact.email, register)):  # type: ignore[arg-type]
        return passed("is in the register of privileged access")
    if fact.email is None:
        return no_data("the tracker hides the address, and the register does not hold the account's id")
    return failed("is an administrator and not in the register of privileged access")
