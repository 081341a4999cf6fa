"""Administrators are those of the register (CC6.3)."""

from collections.abc import Mapping
from datetime import datetime

from controls.outcomes import Judgement, failed, no_data, not_applicable, passed
from evidence.facts.principal.v1 import Principal

FACT = Principal
OTHERS: tuple[type, ...] = ()
PARAMETERS: Mapping[str, object] = {"register": []}


def judge(fact: Principal, parameters: Mapping[str, object], now: datetime) -> Judgement:
    """Judge one identity that holds AdministratorAccess or a policy that allows everything, directly or through a group or permission
    set, against the register: ARNs, or names."""
    if fact.administers_through is None:
        return no_data("whether it may do everything was not observed")
    if not fact.administers_through:
        return not_applicable("no administrator")
    register = parameters["register"]
    if not register:
        return no_data("no register of privileged access is kept yet")
    ways = ", ".join(fact.administers_through)
    if fact.subject in register or fact.name in register:  # type: ignore[operator]
        return passed(f"administrator through {ways}; stands in the register")
    return failed(f"administrator through {ways}; not in the register")
